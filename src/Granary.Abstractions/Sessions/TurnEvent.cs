using System.Text.Json.Serialization;
using Granary.Serving;

namespace Granary.Sessions;

/// <summary>One event of a turn's stream: first who answers, then frames.</summary>
[GenerateSerializer, Immutable, Alias("granary.turn")]
public sealed record TurnEvent
{
    /// <summary>The conversation.</summary>
    [Id(0)] public required string SessionId { get; init; }

    /// <summary>The turn, from 0.</summary>
    [Id(1)] public required int Turn { get; init; }

    /// <summary>Tokens; absent on the first event.</summary>
    [Id(2)] public TokenFrame? Frame { get; init; }

    /// <summary>The model that answers; on the first event.</summary>
    [Id(3)] public string? Model { get; init; }

    /// <summary>The silo whose engine answers; on the first event.</summary>
    [Id(4)] public string? Silo { get; init; }

    /// <summary>That silo's zone; on the first event.</summary>
    [Id(5)] public string? Zone { get; init; }

    /// <summary>Number of the frame in the turn's log, from 0; without meaning where there is no frame.</summary>
    [Id(6), JsonIgnore] public int Record { get; init; }
}
