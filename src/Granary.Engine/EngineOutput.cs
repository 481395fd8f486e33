using Granary.Models;
using Granary.Serving;

namespace Granary.Engine;

/// <summary>Consecutive tokens of one generation.</summary>
public sealed record EngineOutput
{
    /// <summary>Index within the generation of the first token here.</summary>
    public required int FirstIndex { get; init; }

    /// <summary>The token ids, an end-of-sequence token that ended the output included.</summary>
    public required int[] Tokens { get; init; }

    /// <summary>The text that became certain: whole characters, no special tokens, and nothing that may still turn out to be a stop string.</summary>
    public required string Text { get; init; }

    /// <summary>One for each of <see cref="Tokens"/>, but for an end-of-sequence token that ended the output; <see langword="null"/> where none were asked for.</summary>
    public TokenLogProbs[]? LogProbs { get; init; }

    /// <summary>
    /// On the first output alone, where they were asked for: one for each token of the prompt. Nothing predicts the first, which is there for its text: its log-probability is 0, and it
    /// has no likely tokens beside it.
    /// </summary>
    public TokenLogProbs[]? PromptLogProbs { get; init; }

    /// <summary>Set on the last output alone.</summary>
    public FinishReason? FinishReason { get; init; }

    /// <summary>Set on the last output alone.</summary>
    public TokenUsage? Usage { get; init; }
}
