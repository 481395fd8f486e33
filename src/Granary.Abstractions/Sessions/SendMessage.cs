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

    /// <summary>Chosen by the sender, unique in the conversation: a message that is sent again with the same id, because its answer was lost, is not said twice.</summary>
    [Id(2)] public string? MessageId { get; init; }

    /// <summary>Id of the key that asks, for its tenant's usage; empty where none was needed.</summary>
    [Id(3)] public string Key { get; init; } = "";

    /// <summary>The span that this is done for, as W3C's <c>traceparent</c>; <see langword="null"/> where nobody traces it.</summary>
    [Id(4)] public string? TraceParent { get; init; }

    /// <summary>As <see cref="Serving.GenerateRequest.Priority"/>.</summary>
    [Id(5)] public int Priority { get; init; }
}
