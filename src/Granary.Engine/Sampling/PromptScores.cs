using Granary.Engine.Output;
using Granary.Models;

namespace Granary.Engine.Sampling;

/// <summary>
/// The log-probabilities of a prompt's tokens as they become known, one after another. They belong to the engine's thread until they are complete, then to the
/// output's reader. Tokens that are computed once more, because the sequence lost its slot, are not scored once more.
/// </summary>
/// <param name="reader">Takes them to the output's reader.</param>
/// <param name="prompt">The prompt.</param>
/// <param name="top">Most likely tokens beside each one.</param>
internal sealed class PromptScores(LogProbReader reader, ReadOnlyMemory<int> prompt, int top)
{
    private readonly LogProbRow _row = new(top);

    /// <summary>Place of the next token to be scored; the first one is predicted by nothing.</summary>
    public int Next { get; private set; } = 1;

    /// <summary>Whether all are known.</summary>
    public bool IsComplete => Next >= prompt.Length;

    /// <summary>Scores the next token.</summary>
    /// <param name="logits">[V], of the token before it.</param>
    /// <param name="sampler">Knows how.</param>
    /// <returns><see langword="false"/> when the logits hold NaN or infinity.</returns>
    public bool TryAdd(ReadOnlySpan<float> logits, Sampler sampler)
    {
        int token = prompt.Span[Next];
        if (!sampler.TryScore(logits, _row, token))
        {
            return false;
        }

        reader.Write(token, _row);
        Next++;
        return true;
    }

    /// <summary>All of them, with their texts; to be called once.</summary>
    public TokenLogProbs[] Describe() => [new TokenLogProbs(reader.Describe((prompt.Span[0], 0)), []), .. reader.Describe(reader.Take())];
}
