namespace Granary.Engine.Scheduling;

/// <summary>What one step computes. One instance is used again and again.</summary>
internal sealed class StepPlan
{
    /// <summary>Sequences that decode one token each; the index is the slot.</summary>
    public List<Sequence> Decodes { get; } = [];

    /// <summary>Prompt chunks, within the step's token budget.</summary>
    public List<PrefillChunk> Prefills { get; } = [];

    public void Clear()
    {
        Decodes.Clear();
        Prefills.Clear();
    }
}
