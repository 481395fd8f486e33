using System.Collections.Concurrent;

namespace Granary.TokenLog.Stores;

/// <summary>Turns in this process's memory, shared by its silos of one cluster: for tests, and for those who want nothing kept.</summary>
internal sealed class MemoryTokenLogStore(string cluster, TimeProvider timeProvider) : ITokenLogStore
{
    private static readonly ConcurrentDictionary<string, Shared> Clusters = new(StringComparer.Ordinal);

    private readonly Shared _shared = Clusters.GetOrAdd(cluster, static _ => new Shared());

    public Task<StoredTurn> OpenAsync(TurnKey turn, string silo, byte[]? request, CancellationToken cancellationToken)
    {
        lock (_shared)
        {
            if (!_shared.Turns.TryGetValue(turn, out var entry))
            {
                _shared.Turns[turn] = entry = new MemoryTurn(request);
                _shared.Open.Add(turn);
            }

            entry.Epoch++;
            entry.Silo = silo;
            return Task.FromResult(entry.ToStored());
        }
    }

    public Task CommitAsync(IReadOnlyList<TurnAppend> appends, CancellationToken cancellationToken)
    {
        lock (_shared)
        {
            foreach (var append in appends)
            {
                append.Outcome = !_shared.Turns.TryGetValue(append.Lease.Turn, out var entry) || entry.Epoch != append.Lease.Epoch
                    ? AppendOutcome.Fenced
                    : entry.Append(append);
            }
        }

        return Task.CompletedTask;
    }

    public Task<bool[]> CloseAsync(IReadOnlyList<TurnClosing> turns, CancellationToken cancellationToken)
    {
        lock (_shared)
        {
            var now = timeProvider.GetUtcNow();
            return Task.FromResult(turns.Select(turn => _shared.Close(turn, now)).ToArray());
        }
    }

    public Task<StoredTurn?> ReadAsync(TurnKey turn, CancellationToken cancellationToken)
    {
        lock (_shared)
        {
            return Task.FromResult(_shared.Turns.GetValueOrDefault(turn)?.ToStored());
        }
    }

    public Task DeleteAsync(string owner, CancellationToken cancellationToken)
    {
        lock (_shared)
        {
            _shared.Remove((turn, _) => turn.Owner == owner);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<OpenTurn>> ListOpenAsync(CancellationToken cancellationToken)
    {
        lock (_shared)
        {
            return Task.FromResult<IReadOnlyList<OpenTurn>>([.. _shared.Open.Select(turn => new OpenTurn(turn, _shared.Turns[turn].Silo))]);
        }
    }

    public Task ExpireAsync(CancellationToken cancellationToken)
    {
        lock (_shared)
        {
            var now = timeProvider.GetUtcNow();
            _shared.Remove((_, entry) => entry.Expires <= now);
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What the silos of a cluster share; also its own lock.</summary>
    private sealed class Shared
    {
        private readonly BytePages _pages = new();

        public Dictionary<TurnKey, MemoryTurn> Turns { get; } = [];

        public HashSet<TurnKey> Open { get; } = [];

        public bool Close(TurnClosing closing, DateTimeOffset now)
        {
            var (lease, keep) = closing;
            if (!Turns.TryGetValue(lease.Turn, out var entry) || entry.Epoch != lease.Epoch)
            {
                return false;
            }

            entry.Close(_pages);
            entry.Expires = now + keep;
            Open.Remove(lease.Turn);
            return true;
        }

        public void Remove(Func<TurnKey, MemoryTurn, bool> isGone)
        {
            foreach (var (turn, entry) in Turns.Where(turn => isGone(turn.Key, turn.Value)).ToArray())
            {
                Turns.Remove(turn);
                Open.Remove(turn);
                entry.Release(_pages);
            }
        }
    }
}
