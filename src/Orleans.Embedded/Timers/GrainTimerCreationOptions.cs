using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>How a grain's timer ticks.</summary>
public readonly struct GrainTimerCreationOptions
{
    /// <summary>Options with nothing set.</summary>
    public GrainTimerCreationOptions()
    {
    }

    /// <summary>Options with due time and period.</summary>
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>Time to the first tick; infinite starts it stopped.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>Time from the end of a tick to the next; infinite ticks once.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Whether ticks interleave with requests.</summary>
    public bool Interleave { get; init; }

    /// <summary>Whether ticks count as use, so that the activation is not collected.</summary>
    public bool KeepAlive { get; init; }
}
