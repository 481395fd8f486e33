using Granary.Engine.Scheduling;

namespace Granary.Engine;

/// <summary>
/// Counters that the engine's thread writes and anybody reads. <see cref="InFlight"/> alone is written by callers too:
/// <see cref="QueueBound"/> bounds the queue before a request reaches the engine's thread.
/// </summary>
internal sealed class EngineProgress(TimeProvider timeProvider, EngineOptions options, int slots)
{
    // A device that fails this often in a row, with nothing in between, is taken for broken until a step succeeds.
    private const int FailuresUntilBroken = 3;

    // A step is late when it takes so many times what the longest recent one took; a long one is forgotten by and by, over so many steps.
    private const int LateFactor = 3;
    private const int StepsToForget = 128;
    private const int StepsOfMean = 16;
    private static readonly TimeSpan LeastLate = TimeSpan.FromMilliseconds(250);

    private readonly QueueBound _bound = new(slots + options.MaxWaiting);
    private int _running;
    private double _kvUsage;
    private int _keptSlots;
    private long _hostKvBytes;
    private long _diskKvBytes;
    private long _steps;
    private long _promptTokens;
    private long _outputTokens;
    private long _lastProgress = timeProvider.GetTimestamp();
    private long _longestStep = Ticks(timeProvider, options.StuckAfter) / LateFactor; // in timestamp ticks; the first ones may take long
    private long _meanStep; // in timestamp ticks
    private int _failuresInRow;
    private volatile bool _ended;

    /// <summary>Requests accepted and not yet finished.</summary>
    public int InFlight => _bound.InFlight;

    public EngineStatus Status
    {
        get
        {
            int running = Volatile.Read(ref _running);
            int inFlight = InFlight;
            return new EngineStatus
            {
                Running = running,
                Waiting = Math.Max(0, inFlight - running),
                Slots = slots,
                KeptSlots = Volatile.Read(ref _keptSlots),
                KvUsage = KvUsage,
                StepTime = timeProvider.GetElapsedTime(0, Volatile.Read(ref _meanStep)),
                HostKvBytes = Interlocked.Read(ref _hostKvBytes),
                DiskKvBytes = Interlocked.Read(ref _diskKvBytes),
                Steps = Interlocked.Read(ref _steps),
                PromptTokens = Interlocked.Read(ref _promptTokens),
                OutputTokens = Interlocked.Read(ref _outputTokens),
                IsLate = _ended || (inFlight > 0 && SinceProgress > LateAfter),
                IsStuck = _ended || Volatile.Read(ref _failuresInRow) >= FailuresUntilBroken || (inFlight > 0 && SinceProgress > options.StuckAfter && SinceProgress > LateAfter),
            };
        }
    }

    /// <summary>Counts a request in, unless slots and queue are full and its tenant has its share of them.</summary>
    public Entry TryEnter(Sequence sequence)
    {
        Entry entry = _bound.TryEnter(sequence.Tenant, sequence.TenantWeight);
        NoteArrival();
        return entry;
    }

    /// <summary>Counts a request in that was here before, however many there are.</summary>
    public void Return(Sequence sequence)
    {
        _bound.Return(sequence.Tenant, sequence.TenantWeight);
        NoteArrival();
    }

    /// <summary>Counts a request out.</summary>
    public void Leave(Sequence sequence) => _bound.Leave(sequence.Tenant);

    /// <summary>Part of the device's KV cache that running sequences hold, 0–1.</summary>
    public double KvUsage => Volatile.Read(ref _kvUsage);

    /// <summary>Notes who runs.</summary>
    /// <param name="running">Sequences with a slot.</param>
    /// <param name="kvUsage">Part of the KV cache that they hold.</param>
    public void SetRunning(int running, double kvUsage)
    {
        Volatile.Write(ref _running, running);
        Volatile.Write(ref _kvUsage, kvUsage);
    }

    /// <summary>Notes what is kept of sequences that have left.</summary>
    public void SetKept(int slots, long hostBytes, long diskBytes)
    {
        Volatile.Write(ref _keptSlots, slots);
        Interlocked.Exchange(ref _hostKvBytes, hostBytes);
        Interlocked.Exchange(ref _diskKvBytes, diskBytes);
    }

    /// <summary>Notes a finished step.</summary>
    /// <param name="promptTokens">Tokens of prompts that it computed.</param>
    /// <param name="outputTokens">Tokens of output.</param>
    /// <param name="failed">Whether all that it was to compute failed; <see langword="null"/> where it had nothing to compute, which says nothing about the device.</param>
    public void StepFinished(int promptTokens, int outputTokens, bool? failed)
    {
        Interlocked.Add(ref _promptTokens, promptTokens);
        Interlocked.Add(ref _outputTokens, outputTokens);
        long now = timeProvider.GetTimestamp();
        long took = now - Interlocked.Exchange(ref _lastProgress, now);
        Volatile.Write(ref _longestStep, Math.Max(took, _longestStep - (_longestStep / StepsToForget)));
        Volatile.Write(ref _meanStep, _meanStep == 0 ? took : _meanStep + ((took - _meanStep) / StepsOfMean));
        Volatile.Write(ref _failuresInRow, failed switch { true => _failuresInRow + 1, false => 0, null => _failuresInRow });
        Interlocked.Increment(ref _steps);
    }

    /// <summary>Notes that the engine's thread has ended.</summary>
    public void Ended() => _ended = true;

    // Idleness is no delay.
    private void NoteArrival()
    {
        if (InFlight == 1)
        {
            Interlocked.Exchange(ref _lastProgress, timeProvider.GetTimestamp());
        }
    }

    private TimeSpan SinceProgress => timeProvider.GetElapsedTime(Interlocked.Read(ref _lastProgress));

    private TimeSpan LateAfter
    {
        get
        {
            TimeSpan late = timeProvider.GetElapsedTime(0, LateFactor * Volatile.Read(ref _longestStep));
            return late > LeastLate ? late : LeastLate;
        }
    }

    private static long Ticks(TimeProvider timeProvider, TimeSpan time) => (long)(time.TotalSeconds * timeProvider.TimestampFrequency);
}
