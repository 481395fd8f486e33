namespace Granary.Benchmarks.Serve;

/// <summary>One request of a load.</summary>
/// <param name="Text">What is said.</param>
/// <param name="OutputTokens">Most tokens of the reply.</param>
internal sealed record ServeRequest(string Text, int OutputTokens)
{
    /// <summary>Its <c>x-request-id</c>, if it has one.</summary>
    public string? Id { get; init; }
}
