namespace Granary.Sessions;

/// <summary>The turns that run on this silo, so that they can be sent elsewhere before it ends.</summary>
internal sealed class LocalTurns
{
    private readonly Lock _lock = new();
    private readonly HashSet<ITurnHandle> _turns = new(ReferenceEqualityComparer.Instance);
    private TaskCompletionSource? _empty;

    /// <summary>How many run.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _turns.Count;
            }
        }
    }

    /// <summary>A turn begins to run here.</summary>
    public void Register(ITurnHandle turn)
    {
        lock (_lock)
        {
            _turns.Add(turn);
        }
    }

    /// <summary>A turn has ended here, or goes on elsewhere. Twice is no error.</summary>
    public void Remove(ITurnHandle turn)
    {
        TaskCompletionSource? empty = null;
        lock (_lock)
        {
            _turns.Remove(turn);
            if (_turns.Count == 0)
            {
                (empty, _empty) = (_empty, null);
            }
        }

        empty?.SetResult();
    }

    /// <summary>Whose turns run here, as <see cref="GrainId"/> writes itself.</summary>
    public HashSet<string> Owners()
    {
        ITurnHandle[] turns;
        lock (_lock)
        {
            turns = [.. _turns];
        }

        return turns.Select(static turn => turn.Owner.ToString()).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Ends when none runs.</summary>
    public Task WhenEmptyAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _turns.Count == 0
                ? Task.CompletedTask
                : (_empty ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Detaches all that run now.</summary>
    /// <returns>Those, for somebody to call their owners: that is what makes a turn go on which nobody reads.</returns>
    public async Task<IReadOnlyList<ITurnHandle>> DetachAllAsync()
    {
        ITurnHandle[] turns;
        lock (_lock)
        {
            turns = [.. _turns];
        }

        await Task.WhenAll(turns.Select(turn => turn.DetachAsync()));
        return turns;
    }
}
