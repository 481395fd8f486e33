namespace Granary.Engine.Scheduling;

/// <summary>
/// Sequences without a slot. The next one is of the tenant that has had the least service: the weighted virtual token
/// counter of Sheng et al., "Fairness in Serving Large Language Models" (OSDI 2024). A tenant is charged for each
/// token of prompt that is to be computed, chunk by chunk, and for each token of output, divided by its weight; one that had
/// nothing waiting is lifted to the least of those that wait, so that nobody saves service up. While it holds slots
/// they count, too: all of them as <see cref="EngineOptions.PreemptionGapTokens"/> of service, so that within this gap whoever has few slots comes before whoever fills them. Within a tenant by priority, which waiting improves.
/// </summary>
/// <remarks>
/// All waiting sequences age alike, one level of priority each <see cref="EngineOptions.PriorityAging"/>, so that their order
/// never changes: it is that of arrival time plus priority times that interval.
/// </remarks>
/// <param name="options">What counts how much.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="slots">All slots there are.</param>
internal sealed class FairQueue(EngineOptions options, TimeProvider timeProvider, int slots)
{
    // Idle tenants are forgotten when there are so many, and twice as many as were left the last time.
    private const int TenantsToKeep = 64;

    // Levels of priority, more than there are, by which those that ran before are ahead of new ones.
    private const int LeadLevels = (2 * RequestAdmission.MaxPriority) + 1;

    private readonly double _slotCharge = (double)options.PreemptionGapTokens / slots;
    private readonly Dictionary<string, TenantCounter> _tenants = new(StringComparer.Ordinal);
    private readonly List<TenantCounter> _backlogged = [];
    private TenantCounter? _next; // whose sequence Peek gave
    private TenantCounter? _lastServed;
    private int _pruneAt = TenantsToKeep;

    /// <summary>How many wait.</summary>
    public int Waiting { get; private set; }

    /// <summary>How many have a slot.</summary>
    public int Running { get; private set; }

    /// <summary>A level of priority, in timestamp ticks.</summary>
    public long LevelTicks { get; } = (long)(options.PriorityAging.TotalSeconds * timeProvider.TimestampFrequency);

    /// <summary>How many tenants are remembered.</summary>
    public int Tenants => _tenants.Count;

    /// <summary>Adds a sequence that has just arrived; one that ran before is ahead of new ones.</summary>
    public void Enqueue(Sequence sequence)
    {
        TenantCounter tenant = Find(sequence.Tenant);
        tenant.Weight = sequence.TenantWeight;
        if (tenant.Waiting.Count == 0)
        {
            tenant.Service = Math.Max(tenant.Service, LeastBacklogged()?.Service ?? _lastServed?.Service ?? 0);
        }

        sequence.Scheduling.Tenant = tenant;
        sequence.Scheduling.Lead = sequence.HasRun ? LeadLevels * LevelTicks : 0;
        sequence.Scheduling.Due = timeProvider.GetTimestamp() + (sequence.Priority * LevelTicks) - sequence.Scheduling.Lead;
        Insert(tenant, sequence);
    }

    /// <summary>Adds a sequence that has lost its slot; it goes on aging from where it was when it started.</summary>
    public void Requeue(Sequence sequence)
    {
        TenantCounter tenant = TenantOf(sequence);
        tenant.Running--;
        Running--;
        sequence.Scheduling.Lead = 0;
        sequence.Scheduling.Due = timeProvider.GetTimestamp() + sequence.Scheduling.Rank;
        Insert(tenant, sequence);
    }

    /// <summary>Takes a waiting sequence out for a while.</summary>
    public void Suspend(Sequence waiting) => Take(TenantOf(waiting), waiting);

    /// <summary>Adds a sequence again that was suspended; it has aged meanwhile.</summary>
    public void Return(Sequence sequence)
    {
        TenantCounter tenant = Find(sequence.Tenant); // another one, if the tenant was forgotten meanwhile
        tenant.Service = Math.Max(tenant.Service, TenantOf(sequence).Service);
        sequence.Scheduling.Tenant = tenant;
        Insert(tenant, sequence);
    }

    /// <summary>Whether a sequence is to be served before another, by what their tenants have had and hold, within a tenant by priority and age.</summary>
    public static bool ComesBefore(Sequence sequence, Sequence other)
    {
        TenantCounter tenant = TenantOf(sequence);
        TenantCounter others = TenantOf(other);
        return tenant == others ? sequence.Scheduling.Due < other.Scheduling.Due : tenant.Standing < others.Standing;
    }

    /// <summary>Begins a step: nobody is passed over.</summary>
    public void BeginPass() => _backlogged.ForEach(static tenant => tenant.PassedOver = 0);

    /// <summary>The next sequence that was not passed over in this step.</summary>
    public Sequence? Peek()
    {
        _next = null;
        foreach (TenantCounter tenant in _backlogged)
        {
            if (tenant.PassedOver < tenant.Waiting.Count && (_next is null || tenant.Standing < _next.Standing))
            {
                _next = tenant;
            }
        }

        return _next?.Waiting[_next.PassedOver];
    }

    /// <summary>Passes over the sequence that <see cref="Peek"/> gave, until the next step.</summary>
    public void PassOver() => _next!.PassedOver++;

    /// <summary>Takes a sequence out that gets a slot.</summary>
    public void Start(Sequence sequence)
    {
        TenantCounter tenant = TenantOf(sequence);
        Take(tenant, sequence);
        tenant.Running++;
        Running++;
        _lastServed = tenant;
        SchedulingRecord record = sequence.Scheduling;
        record.Rank = RankOf(sequence);
        record.OutputTokensAtStart = sequence.OutputTokens;
        record.ComputedTokensAtStart = sequence.ComputedTokens;
    }

    /// <summary>The effective priority of a waiting sequence now, lowest is most urgent, as <see cref="SchedulingRecord.Rank"/>.</summary>
    public long RankOf(Sequence waiting) => waiting.Scheduling.Due + waiting.Scheduling.Lead - timeProvider.GetTimestamp();

    /// <summary>Charges for a chunk of prompt that is to be computed; what is computed once more costs nothing.</summary>
    public static void ChargeChunk(Sequence sequence, int tokens)
    {
        SchedulingRecord record = sequence.Scheduling;
        int end = Math.Min(sequence.ComputedTokens + tokens, sequence.PromptTokens);
        Charge(TenantOf(sequence), Math.Max(0, end - Math.Max(sequence.ComputedTokens, record.ChargedPromptTokens)));
        record.ChargedPromptTokens = Math.Max(record.ChargedPromptTokens, end);
    }

    /// <summary>Charges for a token of output.</summary>
    public void ChargeToken(Sequence sequence) => Charge(TenantOf(sequence), options.OutputTokenCharge);

    /// <summary>Notes that a sequence leaves, running or waiting.</summary>
    public void Leave(Sequence sequence)
    {
        TenantCounter tenant = TenantOf(sequence);
        if (sequence.State is SequenceState.Waiting or SequenceState.Parked)
        {
            Take(tenant, sequence);
        }
        else
        {
            tenant.Running--;
            Running--;
        }
    }

    /// <summary>Who has to leave where more wait than may: of the tenant that has the most waiting for its weight, the one that would be served last. <see langword="null"/> where nobody waits that has not run yet.</summary>
    public Sequence? Surplus()
    {
        (Sequence? surplus, double most) = (null, 0);
        foreach (TenantCounter tenant in _backlogged)
        {
            double waiting = tenant.Waiting.Count / tenant.Weight;
            if (waiting > most && tenant.Waiting.FindLast(static sequence => !sequence.HasRun) is { } last)
            {
                (surplus, most) = (last, waiting);
            }
        }

        return surplus;
    }

    /// <summary>Adds all waiting sequences to a list.</summary>
    public void CopyTo(List<Sequence> all) => _backlogged.ForEach(tenant => all.AddRange(tenant.Waiting));

    private static TenantCounter TenantOf(Sequence sequence) =>
        sequence.Scheduling.Tenant ?? throw new InvalidOperationException($"Sequence {sequence.RequestId} was never enqueued.");

    private static void Charge(TenantCounter tenant, double tokens) => tenant.Service += tokens / tenant.Weight;

    private TenantCounter? LeastBacklogged()
    {
        TenantCounter? least = null;
        foreach (TenantCounter tenant in _backlogged)
        {
            least = least is null || tenant.Service < least.Service ? tenant : least;
        }

        return least;
    }

    private void Insert(TenantCounter tenant, Sequence sequence)
    {
        int index = tenant.Waiting.Count;
        while (index > 0 && tenant.Waiting[index - 1].Scheduling.Due > sequence.Scheduling.Due)
        {
            index--;
        }

        tenant.Waiting.Insert(index, sequence);
        Waiting++;
        if (index < tenant.PassedOver)
        {
            tenant.PassedOver++; // it waits for the next step, and who is next stays next
        }

        if (tenant.Waiting.Count == 1)
        {
            tenant.PassedOver = 0;
            _backlogged.Add(tenant);
        }
    }

    private void Take(TenantCounter tenant, Sequence sequence)
    {
        int index = tenant.Waiting.IndexOf(sequence);
        tenant.Waiting.RemoveAt(index);
        Waiting--;
        tenant.PassedOver -= index < tenant.PassedOver ? 1 : 0;
        if (tenant.Waiting.Count == 0)
        {
            _backlogged.Remove(tenant);
        }
    }

    private TenantCounter Find(string name)
    {
        if (_tenants.TryGetValue(name, out TenantCounter? tenant))
        {
            return tenant;
        }

        if (_tenants.Count >= _pruneAt)
        {
            Prune();
        }

        return _tenants[name] = new TenantCounter(name, _slotCharge);
    }

    // A tenant is forgotten only where its return would lift it anyway.
    private void Prune()
    {
        double level = LeastBacklogged()?.Service ?? _lastServed?.Service ?? 0;
        foreach (TenantCounter tenant in _tenants.Values)
        {
            if (tenant.Waiting.Count == 0 && tenant.Running == 0 && tenant.Service <= level)
            {
                _tenants.Remove(tenant.Name);
            }
        }

        _pruneAt = Math.Max(TenantsToKeep, 2 * _tenants.Count);
    }
}
