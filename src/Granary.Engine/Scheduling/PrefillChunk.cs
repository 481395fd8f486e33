namespace Granary.Engine.Scheduling;

/// <summary>A part of a prompt to be computed in this step.</summary>
/// <param name="Sequence">Whose prompt.</param>
/// <param name="Tokens">Number of tokens, from <see cref="Sequence.ComputedTokens"/> on.</param>
/// <param name="IsLast">Whether the prompt is complete with it, so that a token can be sampled.</param>
internal readonly record struct PrefillChunk(Sequence Sequence, int Tokens, bool IsLast);
