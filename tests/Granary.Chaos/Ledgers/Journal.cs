using System.Collections.Concurrent;

namespace Granary.Chaos.Ledgers;

/// <summary>All ledgers of a run, what went wrong, and what clients had to put up with.</summary>
internal sealed class Journal
{
    private readonly ConcurrentDictionary<string, int> _retries = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Wait> _waits = [];
    private int _reconnects;

    /// <summary>What readers of turns were shown.</summary>
    public ConcurrentQueue<TurnLedger> Turns { get; } = [];

    /// <summary>What readers of completions were shown.</summary>
    public ConcurrentQueue<CompletionLedger> Completions { get; } = [];

    /// <summary>Every conversation that a client knows of.</summary>
    public ConcurrentQueue<string> Sessions { get; } = [];

    /// <summary>What should not have happened.</summary>
    public ConcurrentQueue<Difference> Differences { get; } = [];

    /// <summary>How often a client was told to try again, by code.</summary>
    public IReadOnlyDictionary<string, int> Retries => _retries;

    /// <summary>How often a client connected again to go on.</summary>
    public int Reconnects => _reconnects;

    /// <summary>Waits for the next token of more than a second.</summary>
    public IReadOnlyCollection<Wait> Waits => _waits;

    public void Differs(string kind, string where, string what) => Differences.Enqueue(new Difference(kind, where, what));

    public void Retried(string code) => _retries.AddOrUpdate(code, 1, static (_, count) => count + 1);

    public void Reconnected() => Interlocked.Increment(ref _reconnects);

    public void Waited(TimeSpan wait, string where)
    {
        if (wait > TimeSpan.FromSeconds(1))
        {
            _waits.Enqueue(new Wait(wait, where, TimeProvider.System.GetUtcNow()));
        }
    }
}
