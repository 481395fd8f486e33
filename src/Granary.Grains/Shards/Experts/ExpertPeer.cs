namespace Granary.Shards;

/// <summary>Another silo with experts of a model, as one that asks it sees it. From any thread.</summary>
internal sealed class ExpertPeer(int number, SiloAddress address, IExpertGrain grain, int maxCalls, TimeProvider timeProvider) : IDisposable
{
    // After this many answers in a row that others gave sooner, it is asked only where nobody else can be, for a while.
    private const int LostUntilAvoided = 3;
    private static readonly TimeSpan AvoidedFor = TimeSpan.FromSeconds(1);

    private int _lost;
    private long _avoidedSince;

    /// <summary>Its number as a destination.</summary>
    public int Number => number;

    public SiloAddress Address => address;

    public IExpertGrain Grain => grain;

    /// <summary>Calls that may be under way at a time.</summary>
    public SemaphoreSlim Window { get; } = new(maxCalls, maxCalls);

    public CallTimes Times { get; } = new();

    /// <summary>Whether others have been quicker lately, again and again.</summary>
    public bool IsAvoided => Volatile.Read(ref _lost) >= LostUntilAvoided && timeProvider.GetElapsedTime(Volatile.Read(ref _avoidedSince)) < AvoidedFor;

    /// <summary>It answered, first.</summary>
    public void Won() => Volatile.Write(ref _lost, 0);

    /// <summary>Another silo was asked the same later, and answered sooner.</summary>
    public void Lost()
    {
        Volatile.Write(ref _avoidedSince, timeProvider.GetTimestamp());
        Interlocked.Increment(ref _lost);
    }

    public void Dispose() => Window.Dispose();
}
