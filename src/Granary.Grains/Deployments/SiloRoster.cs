using Granary.Clustering;
using Granary.Deployments.Planning;

namespace Granary.Deployments;

/// <summary>The silos as they reported. One that membership no longer has is gone at once, one that is silent after a while.</summary>
internal sealed class SiloRoster(ISiloMembers members, ServingSilos serving, TimeProvider timeProvider)
{
    // Longer than a few heartbeats: a silo that loads a large model is busy.
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(10);

    // How long a roster that has just begun waits for silos that membership has and that have not reported.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, (SiloReport Report, long At)> _reports = new(StringComparer.Ordinal);
    private readonly long _began = timeProvider.GetTimestamp();

    /// <summary>Reports of silos that are there, by name.</summary>
    public IReadOnlyList<SiloReport> Live { get; private set; } = [];

    /// <summary>Whether it is known who is there.</summary>
    public bool IsKnown => Live.Count > 0 && (members.Active.Count <= Live.Count || timeProvider.GetElapsedTime(_began) > Patience);

    public void Add(SiloReport report)
    {
        _reports[report.Address] = (report, timeProvider.GetTimestamp());
        Refresh();
    }

    /// <summary>Leaves out who is gone.</summary>
    public void Refresh()
    {
        var active = members.Active.Select(member => member.Address.ToParsableString()).ToHashSet(StringComparer.Ordinal);
        foreach (var (address, (_, at)) in _reports)
        {
            if (!active.Contains(address) || timeProvider.GetElapsedTime(at) > Expiry)
            {
                _reports.Remove(address);
            }
        }

        Live = [.. _reports.Values.Select(entry => entry.Report).OrderBy(report => report.Name, StringComparer.Ordinal)];
    }

    /// <summary>The model as most silos have it; <see langword="null"/> if none does.</summary>
    public HeldModel? Find(string model) => Live.SelectMany(report => report.Models).Where(held => held.Name == model)
        .GroupBy(held => held.Fingerprint, StringComparer.Ordinal).OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).FirstOrDefault()?.First();

    /// <summary>The silos that can take parts of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="others">What goes where of other models.</param>
    public IReadOnlyList<SiloCapacity> Capacities(HeldModel model, IEnumerable<DeploymentPlan> others)
    {
        var taken = others.SelectMany(TakenBy).GroupBy(part => part.Address, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Sum(part => part.Bytes), StringComparer.Ordinal);
        var fastest = Live.Select(report => report.MatMulFlops).DefaultIfEmpty(0).Max();
        return [.. Live
            .Where(report => serving.IsServing(SiloAddress.FromParsableString(report.Address)))
            .Where(report => report.Models.Any(held => held.Name == model.Name && held.Fingerprint == model.Fingerprint))
            .Select(report => Describe(report, model.Name, taken.GetValueOrDefault(report.Address), fastest))];
    }

    /// <summary>What the silos of all stages allow; <see langword="null"/> of one stage.</summary>
    public ReplicaLimits? LimitsOf(PlannedReplica replica) => replica.Stages.Length == 1
        ? null
        : Live.Where(report => replica.Stages.Any(stage => stage.Address == report.Address)).Select(report => report.Limits).Aggregate((a, b) => a.Least(b));

    private static IEnumerable<(string Address, long Bytes)> TakenBy(DeploymentPlan plan) =>
    [
        .. plan.Replicas.SelectMany(replica => replica.Stages).Select(stage => (stage.Address, stage.Bytes)),
        .. (plan.Experts?.Next ?? plan.Experts?.Holders ?? []).Select(holder => (holder.Address, holder.Bytes)),
    ];

    private static SiloCapacity Describe(SiloReport report, string model, long taken, double fastest)
    {
        var capacity = new SiloCapacity
        {
            Address = report.Address,
            Name = report.Name,
            Zone = report.Zone,
            FreeBytes = 0,
            Limits = report.Limits,
            Speed = MeasuredFigures.Speed(report.MatMulFlops, fastest),
            LatencyMs = report.Links.ToDictionary(link => link.Address, link => link.RoundTripMilliseconds, StringComparer.Ordinal),
            IsConfigured = report.Configured.Contains(model, StringComparer.Ordinal),
        };
        var configured = report.Models.Where(held => report.Configured.Contains(held.Name, StringComparer.Ordinal)).Sum(held => capacity.BytesOf(held.Sizes, 0, held.Sizes.Layers));
        return capacity with { FreeBytes = report.MemoryBytes - configured - taken };
    }
}
