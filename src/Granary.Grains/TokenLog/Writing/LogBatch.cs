using Granary.TokenLog.Stores;

namespace Granary.TokenLog.Writing;

/// <summary>What one commit writes, by turn, and who waits for it.</summary>
internal sealed class LogBatch
{
    private readonly List<(PendingAppend Append, TurnAppend? Turn)> _waiting = [];
    private readonly Dictionary<TurnLease, TurnAppend> _byLease = [];
    private readonly List<TurnAppend> _turns = [];

    /// <summary>Appends here, those included that write nothing.</summary>
    public int Count => _waiting.Count;

    /// <summary>Records to be written.</summary>
    public int Records { get; private set; }

    /// <summary>What the store is to write.</summary>
    public IReadOnlyList<TurnAppend> Turns => _turns;

    public void Add(PendingAppend append)
    {
        if (append.Data is not { } data)
        {
            _waiting.Add((append, null));
            return;
        }

        if (!_byLease.TryGetValue(append.Lease, out var turn))
        {
            _byLease[append.Lease] = turn = new TurnAppend(append.Lease, append.Record);
            _turns.Add(turn);
        }

        var next = turn.First + turn.Records.Count;
        if (append.Record > next)
        {
            append.End(new InvalidOperationException($"Record {append.Record} of turn {append.Lease.Turn.Turn} of {append.Lease.Turn.Owner} was appended before record {next}."));
            _waiting.Add((append, null));
            return;
        }

        if (append.Record == next)
        {
            turn.Records.Add(data);
            Records++;
        }

        _waiting.Add((append, turn)); // an earlier number is a repetition: it is as safe as this turn's others
    }

    /// <summary>Tells everybody what became of it.</summary>
    /// <returns>The leases that are worth nothing any more.</returns>
    public IEnumerable<TurnAppend> Complete()
    {
        foreach (var (append, turn) in _waiting)
        {
            if (turn is null or { Outcome: AppendOutcome.Written })
            {
                append.End();
            }
            else
            {
                append.End(new FencedException(append.Lease));
            }
        }

        return _turns.Where(turn => turn.Outcome != AppendOutcome.Written);
    }

    /// <summary>The log ends before it could be written.</summary>
    public void Abandon(Exception reason) => _waiting.ForEach(waiting => waiting.Append.End(reason));

    public void Clear()
    {
        _waiting.Clear();
        _byLease.Clear();
        _turns.Clear();
        Records = 0;
    }
}
