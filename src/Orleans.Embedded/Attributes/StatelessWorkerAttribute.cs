namespace Orleans.Concurrency;

/// <summary>Activations are local to the caller's silo, several at once, outside the directory.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StatelessWorkerAttribute : Attribute
{
    /// <summary>As many activations a silo as it has processors.</summary>
    public StatelessWorkerAttribute()
        : this(Environment.ProcessorCount)
    {
    }

    /// <summary>So many activations a silo at most.</summary>
    public StatelessWorkerAttribute(int maxLocalWorkers)
        : this(maxLocalWorkers, removeIdleWorkers: true)
    {
    }

    /// <summary>So many activations a silo at most, idle ones removed or not.</summary>
    public StatelessWorkerAttribute(int maxLocalWorkers, bool removeIdleWorkers)
    {
        MaxLocalWorkers = maxLocalWorkers;
        RemoveIdleWorkers = removeIdleWorkers;
    }

    /// <summary>Most activations a silo.</summary>
    public int MaxLocalWorkers { get; }

    /// <summary>Whether idle ones are removed.</summary>
    public bool RemoveIdleWorkers { get; }
}
