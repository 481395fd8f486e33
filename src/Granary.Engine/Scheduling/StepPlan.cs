namespace Granary.Engine.Scheduling;

/// <summary>What one step computes. One instance is used again and again.</summary>
internal sealed class StepPlan
{
    /// <summary>Sequences that decode one token each, class by class and in the order of their slots.</summary>
    public List<Sequence> Decodes { get; } = [];

    /// <summary>The decodes as the runner computes them, one for each class that has any.</summary>
    public List<DecodeRun> DecodeRuns { get; } = [];

    /// <summary>Prompt chunks, within the step's token budget.</summary>
    public List<PrefillChunk> Prefills { get; } = [];

    /// <summary>Sequences that lost their slot when the step was planned.</summary>
    public int Preemptions { get; set; }

    /// <summary>What these had computed.</summary>
    public int MovedTokens { get; set; }

    public void Clear()
    {
        Decodes.Clear();
        DecodeRuns.Clear();
        Prefills.Clear();
        Preemptions = 0;
        MovedTokens = 0;
    }
}
