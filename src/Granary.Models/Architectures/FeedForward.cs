namespace Granary.Models.Architectures;

/// <summary>The second half of a layer.</summary>
internal abstract record FeedForward;
