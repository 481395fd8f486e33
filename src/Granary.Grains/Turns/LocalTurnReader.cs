using System.Collections.Concurrent;
using Granary.Sessions;

namespace Granary.Turns;

/// <summary>Finds the events of the turns that activations of this silo show: those that run, and those that an activation still has.</summary>
internal sealed class LocalTurnReader : ILocalTurnReader
{
    private readonly ConcurrentDictionary<TurnKey, TurnEvents> _turns = new();

    /// <summary>A turn can be read here from now on.</summary>
    public void Add(Turn turn) => _turns[KeyOf(turn)] = turn.Events;

    /// <summary>It is not to be read here any more, unless another activation shows it meanwhile. Twice is no error.</summary>
    public void Remove(Turn turn) => _turns.TryRemove(KeyValuePair.Create(KeyOf(turn), turn.Events));

    public IAsyncEnumerable<TurnEvent>? Read(ISessionGrain session, int turn, int nextIndex, CancellationToken cancellationToken) =>
        session is GrainReference reference && _turns.TryGetValue(new TurnKey(reference.GrainId, turn), out var events) ? events.ReadTokensAsync(nextIndex, cancellationToken) : null;

    private static TurnKey KeyOf(Turn turn) => new(turn.Owner, turn.Number);

    private readonly record struct TurnKey(GrainId Owner, int Turn);
}
