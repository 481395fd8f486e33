namespace Granary.Engine.Scheduling;

/// <summary>Timestamps of a sequence, as <see cref="TimeProvider.GetTimestamp"/> gives them.</summary>
internal sealed class SequenceTimes
{
    public long Arrived { get; set; }

    /// <summary>When its first chunk was about to be computed, for the first time.</summary>
    public long Started { get; set; }

    /// <summary>When it gave its first token here, after those that it came with.</summary>
    public long FirstToken { get; set; }

    public long LastToken { get; set; }

    /// <summary>Number of the engine's step that computed its first chunk.</summary>
    public long FirstStep { get; set; }

    /// <summary>Number of the engine's step that gave its last token.</summary>
    public long LastStep { get; set; }
}
