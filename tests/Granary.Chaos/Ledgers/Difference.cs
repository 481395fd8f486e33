namespace Granary.Chaos.Ledgers;

/// <summary>Something that was promised not to happen.</summary>
/// <param name="Kind"><c>hole</c>, <c>repeat</c>, <c>difference</c>, <c>lost</c>, <c>failed</c>, <c>hung</c>, <c>stuck</c> or <c>leak</c>.</param>
/// <param name="Where">The conversation and turn, the completion or the silo.</param>
/// <param name="What">What was seen and what was expected.</param>
internal sealed record Difference(string Kind, string Where, string What);
