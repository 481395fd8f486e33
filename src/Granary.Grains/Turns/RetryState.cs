namespace Granary.Turns;

/// <summary>How often a generation has failed since its last token, and whether it may try again.</summary>
internal sealed class RetryState(TimeProvider time)
{
    private const int MaxInternalFailures = 1;

    private long _since = time.GetTimestamp();
    private int _failures;
    private int _internalFailures;

    /// <summary>There was progress.</summary>
    public void Succeeded()
    {
        _since = time.GetTimestamp();
        _failures = 0;
    }

    /// <summary>Counts a failure.</summary>
    /// <param name="code">Its kind: what a replica refuses for good is not asked of another one; a broken device may be one replica's alone.</param>
    /// <param name="patience">Longest time without progress.</param>
    /// <param name="isNew">Whether nothing was generated yet: then full queues are the caller's to wait for.</param>
    public bool Allows(ErrorCode code, TimeSpan patience, bool isNew)
    {
        _failures++;
        return code switch
        {
            ErrorCode.Unavailable => time.GetElapsedTime(_since) < patience,
            // Where the only replica's silo died, nobody serves the model until it has another place.
            ErrorCode.Overloaded or ErrorCode.ModelNotFound => !isNew && time.GetElapsedTime(_since) < patience,
            ErrorCode.Internal => _internalFailures++ < MaxInternalFailures,
            _ => false,
        };
    }

    /// <summary>How long to wait before the next try: nothing the first time, then doubling, with up to half of it at random so that many do not come at once.</summary>
    public TimeSpan Delay(TimeSpan first, TimeSpan longest) => _failures <= 1
        ? TimeSpan.Zero
        : TimeSpan.FromTicks(Math.Min(longest.Ticks, first.Ticks << Math.Min(_failures - 2, 20))) * (1 - (Random.Shared.NextDouble() / 2));
}
