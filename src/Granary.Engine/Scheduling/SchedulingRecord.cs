namespace Granary.Engine.Scheduling;

/// <summary>What <see cref="FairQueue"/> and <see cref="PreemptionPolicy"/> note about a sequence.</summary>
internal sealed class SchedulingRecord
{
    /// <summary>Whose counter the sequence is charged to; set when it is enqueued.</summary>
    public TenantCounter? Tenant { get; set; }

    /// <summary>Place among the tenant's waiting ones, lowest first: when it would be due, as a timestamp, moved by its priority.</summary>
    public long Due { get; set; }

    /// <summary>How far it is ahead of its age and priority among the tenant's waiting ones, because it ran elsewhere before; in timestamp ticks. It takes no slot for that.</summary>
    public long Lead { get; set; }

    /// <summary>
    /// Effective priority with which it started, lowest is most urgent, in timestamp ticks. Waiting improves it; running leaves it as it is,
    /// so that the wait which earned a slot also protects it.
    /// </summary>
    public long Rank { get; set; }

    /// <summary>Tokens of its prompt, from the first on, that its tenant was charged for.</summary>
    public int ChargedPromptTokens { get; set; }

    /// <summary>Output tokens when it last got a slot.</summary>
    public int OutputTokensAtStart { get; set; }

    /// <summary>Computed tokens when it last got a slot.</summary>
    public int ComputedTokensAtStart { get; set; }
}
