using Granary.Sessions;

namespace Granary.Turns;

/// <summary>Reads turns whose grain is on this silo where they are: a reader there costs no message for each event. From any thread.</summary>
public interface ILocalTurnReader
{
    /// <summary>A turn of a conversation from a token on, as <see cref="ISessionGrain.ReadAsync"/> gives it.</summary>
    /// <returns><see langword="null"/> where it is not here, or not any more: its grain is to be asked.</returns>
    IAsyncEnumerable<TurnEvent>? Read(ISessionGrain session, int turn, int nextIndex, CancellationToken cancellationToken);
}
