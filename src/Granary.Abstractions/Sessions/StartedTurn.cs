namespace Granary.Sessions;

/// <summary>A turn whose message is stored.</summary>
/// <param name="SessionId">The conversation.</param>
/// <param name="Turn">The turn, from 0.</param>
[GenerateSerializer, Immutable, Alias("granary.turn.started")]
public sealed record StartedTurn([property: Id(0)] string SessionId, [property: Id(1)] int Turn);
