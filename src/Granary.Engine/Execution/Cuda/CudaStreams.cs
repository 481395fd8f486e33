namespace Granary.Engine.Execution.Cuda;

/// <summary>
/// The process's streams. One that is given back is used again, the oldest first: from a CUDA graph on the first stream of a
/// process each kernel starts 0.4 µs sooner than on later ones, which is 7 % of a step of a small model (docs/GPU.md).
/// </summary>
internal static class CudaStreams
{
    private static readonly Lock Gate = new();
    private static readonly List<(nint Stream, bool IsTaken)> All = []; // oldest first

    /// <summary>A stream of the current context that nobody else uses.</summary>
    /// <exception cref="CudaException">There is none and none can be made.</exception>
    public static nint Take()
    {
        lock (Gate)
        {
            int free = All.FindIndex(entry => !entry.IsTaken);
            if (free >= 0)
            {
                nint stream = All[free].Stream;
                All[free] = (stream, true);
                return stream;
            }

            CudaDriver.Check(CudaDriver.StreamCreate(out nint created, CudaDriver.NonBlocking), "cuStreamCreate");
            All.Add((created, true));
            return created;
        }
    }

    /// <summary>Gives a stream back that has done all its work.</summary>
    public static void Return(nint stream)
    {
        lock (Gate)
        {
            All[All.FindIndex(entry => entry.Stream == stream)] = (stream, false);
        }
    }
}
