namespace Granary.Engine.Kv;

/// <summary>Bounds what a step moves between slots and host memory, so that others' tokens come on time.</summary>
internal sealed class MoveBudget
{
    // Some ten milliseconds of copying: less than a chunk of prefill takes.
    private const long BytesPerStep = 64L << 20;

    private long _left = BytesPerStep;

    /// <summary>Whether this step has moved enough.</summary>
    public bool IsSpent => _left <= 0;

    /// <summary>Begins a step.</summary>
    public void Begin() => _left = BytesPerStep;

    /// <summary>Notes what was moved.</summary>
    public void Take(int bytes) => _left -= bytes;
}
