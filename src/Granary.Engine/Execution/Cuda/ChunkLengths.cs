using System.Numerics;

namespace Granary.Engine.Execution.Cuda;

/// <summary>
/// The lengths at which chunks of prompts are computed. cuDNN builds attention for each length that it meets, which takes longer
/// than the chunk itself; so chunks are padded to few lengths, four to an octave, all of which are met when a model is loaded.
/// </summary>
internal static class ChunkLengths
{
    private const int Least = 16;

    /// <summary>The length for a chunk.</summary>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="room">Most tokens that there is room for, at least <paramref name="tokens"/>.</param>
    public static int For(int tokens, int room)
    {
        int step = StepOf(tokens);
        return Math.Min((tokens + step - 1) / step * step, room);
    }

    /// <summary>All lengths up to a largest chunk, falling.</summary>
    public static IEnumerable<int> UpTo(int largest)
    {
        for (int tokens = largest; tokens > 0;)
        {
            yield return tokens;
            int step = StepOf(tokens);
            tokens = (tokens - 1) / step * step;
        }
    }

    private static int StepOf(int tokens) => Math.Max(Least, (int)BitOperations.RoundUpToPowerOf2((uint)tokens) / 8);
}
