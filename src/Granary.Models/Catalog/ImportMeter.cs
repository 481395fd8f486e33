namespace Granary.Models.Catalog;

/// <summary>Counts bytes and reports them, not too often.</summary>
internal sealed class ImportMeter(IProgress<ImportProgress>? progress, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly long _start = time.GetTimestamp();
    private readonly Lock _lock = new();
    private ImportStage _stage;
    private long _reported;
    private long _done;

    /// <summary>Bytes to read and write in all.</summary>
    public long Total { get; set; }

    public void Enter(ImportStage stage)
    {
        _stage = stage;
        Report();
    }

    /// <summary>Counts bytes; from any thread.</summary>
    public void Add(long bytes)
    {
        lock (_lock)
        {
            _done += bytes;
            if (time.GetElapsedTime(_reported) >= Interval)
            {
                Report();
            }
        }
    }

    private void Report()
    {
        _reported = time.GetTimestamp();
        var seconds = time.GetElapsedTime(_start).TotalSeconds;
        progress?.Report(new ImportProgress(_stage, _done, Total, seconds > 0 ? _done / seconds : 0));
    }
}
