using Granary.Serving;

namespace Granary.Benchmarks.Routing;

/// <summary>What a request through the router gave.</summary>
/// <param name="Replica">Who answered.</param>
/// <param name="FirstToken">From asking to the first token.</param>
/// <param name="Text">What was said.</param>
/// <param name="Usage">Tokens.</param>
internal sealed record RoutedReply(ReplicaDescriptor Replica, TimeSpan FirstToken, string Text, TokenUsage Usage);
