namespace Orleans.Runtime;

/// <summary>A grain's timer; disposing it stops it.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Starts anew with another due time and period; <see cref="Timeout.InfiniteTimeSpan"/> as period makes it fire once.</summary>
    void Change(TimeSpan dueTime, TimeSpan period);
}
