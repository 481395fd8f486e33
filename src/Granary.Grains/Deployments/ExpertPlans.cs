using Granary.Deployments.Planning;
using Granary.Shards;

namespace Granary.Deployments;

/// <summary>The experts of deployments whose experts are spread: how they are used, and where they go next.</summary>
internal sealed class ExpertPlans(SiloRoster roster, ExpertsOptions options, TimeProvider timeProvider)
{
    private readonly Dictionary<string, ExpertUse> _uses = new(StringComparer.Ordinal);

    /// <summary>Counts what tokens chose.</summary>
    public void Add(SiloReport report)
    {
        foreach (var held in report.Experts.Where(held => held.Tokens is not null))
        {
            UseOf(held.Model).Add(held.Tokens!);
        }
    }

    /// <summary>Forgets what is not deployed any more.</summary>
    public void Keep(IReadOnlyCollection<string> models)
    {
        foreach (var model in _uses.Keys.Except(models, StringComparer.Ordinal).ToArray())
        {
            _uses.Remove(model);
        }
    }

    /// <summary>A plan with its experts' next step.</summary>
    /// <param name="plan">The plan, with its stages.</param>
    /// <param name="model">The model.</param>
    /// <param name="capacities">Silos that may be used, as before the plan.</param>
    /// <param name="before">Where the experts are.</param>
    /// <param name="isNewWish">Whether something else is wanted than before, so that places are thought over.</param>
    public DeploymentPlan Place(DeploymentPlan plan, HeldModel model, IReadOnlyList<SiloCapacity> capacities, PlannedExperts? before, bool isNewWish)
    {
        if (!roster.IsKnown)
        {
            return plan with { Experts = before };
        }

        var demand = Demand(plan, model, capacities);
        var due = isNewWish || (before is not { IsMoving: true } && UseOf(plan.Model).TakeBalanceDue(options.BalanceEvery, [.. demand.Silos.Select(silo => silo.Address)]));
        var (experts, problem) = ExpertMoves.Next(before, new ExpertMoment(
            demand,
            roster.Live.Select(report => report.Address).ToHashSet(StringComparer.Ordinal),
            Askers(plan),
            roster.Live.ToDictionary(report => report.Address, report => report.Experts.FirstOrDefault(held => held.Model == plan.Model)?.AppliedVersion ?? 0, StringComparer.Ordinal),
            due,
            isNewWish ? null : options.BalanceGain));
        return plan with { Experts = experts, Problems = problem is null ? plan.Problems : [.. plan.Problems, $"experts: {problem}"] };
    }

    /// <summary>How they are used, and how even that is where they are.</summary>
    public ExpertFigures Figures(DeploymentPlan plan, HeldModel model, IReadOnlyList<SiloCapacity> capacities)
    {
        var demand = Demand(plan, model, capacities);
        return new ExpertFigures
        {
            Model = plan.Model,
            Experts = plan.Experts!,
            Loads = [.. demand.Loads.Select(layer => layer.ToArray())],
            Skew = ExpertBalancer.Repair(demand with { Current = ExpertMoves.HeldIn(plan.Experts!.Holders, demand.Silos) }).Skew,
        };
    }

    /// <summary>Silos that must know where a model's experts are.</summary>
    public static bool Concerns(DeploymentPlan plan, string address) =>
        plan.Experts is { } experts && (Askers(plan).Contains(address) || experts.HeldBy(address).Length > 0);

    private ExpertUse UseOf(string model)
    {
        if (!_uses.TryGetValue(model, out var use))
        {
            _uses[model] = use = new ExpertUse(timeProvider);
        }

        return use;
    }

    private ExpertDemand Demand(DeploymentPlan plan, HeldModel model, IReadOnlyList<SiloCapacity> capacities)
    {
        var stages = plan.Replicas.SelectMany(replica => replica.Stages).ToLookup(stage => stage.Address, StringComparer.Ordinal);
        var silos = capacities.Where(silo => plan.Wish.Zones.Length == 0 || plan.Wish.Zones.Contains(silo.Zone, StringComparer.Ordinal));
        return new ExpertDemand(
            model.Sizes,
            [.. silos.Select(silo => new ExpertSilo(silo.Address, silo.Name, silo.Zone, silo.FreeBytes - stages[silo.Address].Sum(stage => stage.Bytes), silo.Speed))],
            plan.Wish.ExpertReplicas,
            plan.Wish.RedundantExperts,
            UseOf(plan.Model).Loads,
            new Dictionary<string, int[][]>(StringComparer.Ordinal));
    }

    private static HashSet<string> Askers(DeploymentPlan plan) => plan.Replicas.SelectMany(replica => replica.Stages).Select(stage => stage.Address).ToHashSet(StringComparer.Ordinal);
}
