using System.Collections.Concurrent;

namespace Granary.TokenLog.Stores;

/// <summary>Turns in this process's memory, shared by its silos of one cluster: for tests, and for those who want nothing kept.</summary>
internal sealed class MemoryTokenLogStore(string cluster, TimeProvider timeProvider) : ITokenLogStore
{
    private static readonly ConcurrentDictionary<string, (Dictionary<TurnKey, Entry> Turns, HashSet<TurnKey> Open)> Clusters = new(StringComparer.Ordinal);

    // Also its own lock, and that of those that are open.
    private readonly Dictionary<TurnKey, Entry> _turns = Clusters.GetOrAdd(cluster, static _ => ([], [])).Turns;
    private readonly HashSet<TurnKey> _open = Clusters[cluster].Open;

    public Task<StoredTurn> OpenAsync(TurnKey turn, string silo, byte[]? request, CancellationToken cancellationToken)
    {
        lock (_turns)
        {
            if (!_turns.TryGetValue(turn, out var entry))
            {
                _turns[turn] = entry = new Entry { Request = request };
                _open.Add(turn);
            }

            entry.Epoch++;
            entry.Silo = silo;
            return Task.FromResult(entry.ToStored());
        }
    }

    public Task CommitAsync(IReadOnlyList<TurnAppend> appends, CancellationToken cancellationToken)
    {
        lock (_turns)
        {
            foreach (var append in appends)
            {
                append.Outcome = !_turns.TryGetValue(append.Lease.Turn, out var entry) || entry.Epoch != append.Lease.Epoch || entry.IsClosed
                    ? AppendOutcome.Fenced
                    : entry.Append(append);
            }
        }

        return Task.CompletedTask;
    }

    public Task<bool[]> CloseAsync(IReadOnlyList<TurnClosing> turns, CancellationToken cancellationToken)
    {
        lock (_turns)
        {
            return Task.FromResult(turns.Select(Close).ToArray());
        }
    }

    public Task<StoredTurn?> ReadAsync(TurnKey turn, CancellationToken cancellationToken)
    {
        lock (_turns)
        {
            return Task.FromResult(_turns.GetValueOrDefault(turn)?.ToStored());
        }
    }

    public Task DeleteAsync(string owner, CancellationToken cancellationToken)
    {
        lock (_turns)
        {
            foreach (var turn in _turns.Keys.Where(turn => turn.Owner == owner).ToArray())
            {
                _turns.Remove(turn);
                _open.Remove(turn);
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<OpenTurn>> ListOpenAsync(CancellationToken cancellationToken)
    {
        lock (_turns)
        {
            return Task.FromResult<IReadOnlyList<OpenTurn>>([.. _open.Select(turn => new OpenTurn(turn, _turns[turn].Silo))]);
        }
    }

    public Task ExpireAsync(CancellationToken cancellationToken)
    {
        lock (_turns)
        {
            var now = timeProvider.GetUtcNow();
            foreach (var (turn, _) in _turns.Where(turn => turn.Value.Expires <= now).ToArray())
            {
                _turns.Remove(turn);
            }
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool Close(TurnClosing closing)
    {
        var (lease, keep) = closing;
        if (!_turns.TryGetValue(lease.Turn, out var entry) || entry.Epoch != lease.Epoch)
        {
            return false;
        }

        entry.IsClosed = true;
        _open.Remove(lease.Turn);
        entry.Expires = keep is { } time ? timeProvider.GetUtcNow() + time : null;
        return true;
    }

    private sealed class Entry
    {
        private readonly List<byte[]> _records = [];

        public long Epoch { get; set; }

        public string Silo { get; set; } = "";

        public byte[]? Request { get; init; }

        public bool IsClosed { get; set; }

        public DateTimeOffset? Expires { get; set; }

        public AppendOutcome Append(TurnAppend append)
        {
            if (append.First > _records.Count)
            {
                return AppendOutcome.Lost;
            }

            _records.AddRange(append.Records.Skip(_records.Count - append.First));
            return AppendOutcome.Written;
        }

        public StoredTurn ToStored() => new(Epoch, Request, [.. _records.SelectMany(record => record)], IsClosed);
    }
}
