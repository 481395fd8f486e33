namespace Granary.Models;

/// <summary>The log-probabilities at one place of an output.</summary>
/// <param name="Chosen">The token that was chosen.</param>
/// <param name="Top">The most likely tokens, best first, as many as were asked for; the chosen one need not be among them.</param>
[GenerateSerializer, Immutable, Alias("granary.logprobs")]
public sealed record TokenLogProbs([property: Id(0)] TokenLogProb Chosen, [property: Id(1)] TokenLogProb[] Top);
