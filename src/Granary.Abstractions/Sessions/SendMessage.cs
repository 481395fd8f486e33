using Granary.Models;

namespace Granary.Sessions;

/// <summary>What the user says, and how the reply is to be sampled.</summary>
[GenerateSerializer, Immutable, Alias("granary.session.send")]
public sealed record SendMessage
{
    /// <summary>The user's text.</summary>
    [Id(0)] public required string Text { get; init; }

    /// <summary>How tokens are chosen.</summary>
    [Id(1)] public SamplingParameters Sampling { get; init; } = new();
}
