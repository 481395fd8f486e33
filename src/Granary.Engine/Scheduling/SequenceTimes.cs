namespace Granary.Engine.Scheduling;

/// <summary>Timestamps of a sequence, as <see cref="TimeProvider.GetTimestamp"/> gives them.</summary>
internal sealed class SequenceTimes
{
    public long Arrived { get; set; }

    public long LastToken { get; set; }
}
