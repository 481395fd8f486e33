namespace Granary.Engine;

/// <summary>Load and progress of an engine.</summary>
public readonly record struct EngineStatus
{
    /// <summary>Sequences that hold a slot.</summary>
    public required int Running { get; init; }

    /// <summary>Sequences that wait for a slot.</summary>
    public required int Waiting { get; init; }

    /// <summary>Slots of the KV cache: the most sequences that can run at once.</summary>
    public required int Slots { get; init; }

    /// <summary>Slots that hold keys and values of sequences that have left, until others need them.</summary>
    public int KeptSlots { get; init; }

    /// <summary>Part of the device's KV cache that running sequences hold, 0–1.</summary>
    public double KvUsage { get; init; }

    /// <summary>What a step takes: a mean in which the last sixteen or so count most. Zero before the first.</summary>
    public TimeSpan StepTime { get; init; }

    /// <summary>Bytes of KV blocks in host memory.</summary>
    public long HostKvBytes { get; init; }

    /// <summary>Bytes of KV blocks on disk.</summary>
    public long DiskKvBytes { get; init; }

    /// <summary>Steps finished since the start; it stands still only while nothing is to do.</summary>
    public required long Steps { get; init; }

    /// <summary>Prompt tokens computed since the start.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>Tokens generated since the start.</summary>
    public required long OutputTokens { get; init; }

    /// <summary>
    /// Whether work waits and the running step takes several times as long as recent ones did, and a quarter of a second at least: the first sign that the engine may be
    /// stuck. It is no proof, so that nothing that cannot be taken back should follow from it.
    /// </summary>
    public bool IsLate { get; init; }

    /// <summary>Whether work waits and no step has finished for <see cref="EngineOptions.StuckAfter"/> and three times the slowest recent step, or the engine can step no more.</summary>
    public required bool IsStuck { get; init; }
}
