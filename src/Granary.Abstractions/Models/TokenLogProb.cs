namespace Granary.Models;

/// <summary>How likely the model found a token.</summary>
/// <param name="Token">The token id.</param>
/// <param name="LogProb">
/// Natural logarithm of its probability: log-softmax of the model's own logits, before bias, penalties, constraint and temperature. At least −9999.
/// </param>
/// <param name="Text">Its text alone; U+FFFD where it holds a part of a character.</param>
/// <param name="Bytes">The bytes that it adds to the text.</param>
[GenerateSerializer, Immutable, Alias("granary.logprob")]
public sealed record TokenLogProb(
    [property: Id(0)] int Token, [property: Id(1)] float LogProb, [property: Id(2)] string Text, [property: Id(3)] byte[] Bytes);
