namespace Granary.Sessions;

/// <summary>The conversations that are awake on this silo, so that they can be moved: the last thing an activation does is to take itself out.</summary>
internal sealed class LocalActivations
{
    private readonly Lock _lock = new();
    private readonly HashSet<IMovableActivation> _activations = new(ReferenceEqualityComparer.Instance);

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _activations.Count;
            }
        }
    }

    /// <summary>An activation has come up.</summary>
    public void Add(IMovableActivation activation)
    {
        lock (_lock)
        {
            _activations.Add(activation);
        }
    }

    /// <summary>An activation goes down. Twice is no error.</summary>
    public void Remove(IMovableActivation activation)
    {
        lock (_lock)
        {
            _activations.Remove(activation);
        }
    }

    /// <summary>At most so many that nobody uses at this moment.</summary>
    public IReadOnlyList<IMovableActivation> Idle(int most)
    {
        lock (_lock)
        {
            return [.. _activations.Where(activation => !activation.IsInUse).Take(most)];
        }
    }
}
