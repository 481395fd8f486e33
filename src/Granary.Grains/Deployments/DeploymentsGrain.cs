using Granary.Clustering;
using Granary.Deployments.Planning;
using Granary.Errors;
using Granary.Storage;
using Granary.Shards;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Deployments;

/// <summary>See <see cref="IDeploymentsGrain"/>. Wishes and places are stored before they hold; who is there is known from the silos' reports.</summary>
[GrainType("deployments")]
[ServingSilosPlacementFilter, KeepAlive]
internal sealed partial class DeploymentsGrain(
    [PersistentState("deployments", GrainStores.Sessions)] IPersistentState<DeploymentsState> store,
    ISiloMembers members,
    ServingSilos serving,
    IOptions<ExpertsOptions> expertsOptions,
    TimeProvider timeProvider,
    ILogger<DeploymentsGrain> logger) : Grain, IDeploymentsGrain
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly SiloRoster _roster = new(members, serving, timeProvider);
    private ExpertPlans? _experts;

    private ExpertPlans Experts => _experts ??= new ExpertPlans(_roster, expertsOptions.Value, timeProvider);

    private IReadOnlyDictionary<string, DeploymentPlan> Plans => store.State.Plans;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(ReviewAsync, new GrainTimerCreationOptions(Look, Look) { KeepAlive = true });
        return Task.CompletedTask;
    }

    public async Task<DeploymentStatus> DeployAsync(string model, DeploymentWish wish)
    {
        var plan = Decide(model, wish, isNewWish: true, out var epoch);
        if (plan.Problems is [DeploymentPlanner.CannotBeCut])
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"Model '{model}' cannot be cut: {DeploymentPlanner.CannotBeCut}.", wish.Stages > 1 ? "stages" : "spreadExperts");
        }

        await StoreAsync(new(Plans, StringComparer.Ordinal) { [model] = plan }, epoch);
        LogDeployed(model, plan.Replicas.Length, wish.Stages, plan.Problems.Length);
        return Status(plan);
    }

    public async Task UndeployAsync(string model)
    {
        if (!Plans.ContainsKey(model))
        {
            throw new GranaryException(ErrorCode.ModelNotFound, $"Model '{model}' is not deployed. {(Plans.Count == 0 ? "Nothing is" : $"Deployed are: {string.Join(", ", Plans.Keys.Order(StringComparer.Ordinal))}")}.", "model");
        }

        await StoreAsync(Plans.Where(plan => plan.Key != model).ToDictionary(StringComparer.Ordinal), store.State.Epoch);
        LogUndeployed(model);
    }

    public Task<DeploymentPlan> PlanAsync(string model, DeploymentWish wish) => Task.FromResult(Decide(model, wish, isNewWish: true, out _));

    public Task<DeploymentStatus[]> ListAsync() => Task.FromResult(Plans.Values.OrderBy(plan => plan.Model, StringComparer.Ordinal).Select(Status).ToArray());

    public Task<ExpertFigures> ExpertsAsync(string model)
    {
        if (Plans.GetValueOrDefault(model) is not { Experts: not null } plan)
        {
            throw new GranaryException(ErrorCode.ModelNotFound, $"Model '{model}' is not deployed with its experts spread: granary model deploy {model} --experts spread", "model");
        }

        return _roster.Find(model) is { } held
            ? Task.FromResult(Experts.Figures(plan, held, CapacitiesFor(model, held)))
            : throw new GranaryException(ErrorCode.Unavailable, "It is not known yet which silos there are. Try again in a few seconds.");
    }

    public Task<SiloOrders> ReportAsync(SiloReport report)
    {
        _roster.Add(report);
        Experts.Add(report);
        return Task.FromResult(new SiloOrders { Parts = PartsOf(report), Experts = ExpertsOf(report) });
    }

    private PartOrder[] PartsOf(SiloReport report)
    {
        var orders = from plan in Plans.Values
                     from replica in plan.Replicas
                     from stage in replica.Stages
                     where stage.Address == report.Address
                     select new PartOrder
                     {
                         Part = Key(plan, replica, stage),
                         Stages = replica.Stages,
                         Limits = replica.Limits,
                         Wire = plan.Wish.Wire,
                         SpreadExperts = plan.Wish.SpreadExperts,
                         OthersReady = AreExpertsThere(plan) && replica.Stages.All(other => other.Stage == stage.Stage || ReportOf(Key(plan, replica, other), other.Address).State == PartState.Ready),
                     };
        return [.. orders];
    }

    private ExpertOrder[] ExpertsOf(SiloReport report)
    {
        var orders = from plan in Plans.Values
                     where ExpertPlans.Concerns(plan, report.Address)
                     let known = report.Experts.FirstOrDefault(held => held.Model == plan.Model)?.Version
                     select new ExpertOrder { Model = plan.Model, Version = plan.Experts!.Version, Experts = known == plan.Experts.Version ? null : plan.Experts };
        return [.. orders];
    }

    private bool AreExpertsThere(DeploymentPlan plan) =>
        !plan.Wish.SpreadExperts || (plan.Experts is { Holders: { Length: > 0 } holders } && _roster.Find(plan.Model) is { } held && ExpertMoves.IsWhole(holders, held.Sizes));

    private static PartKey Key(DeploymentPlan plan, PlannedReplica replica, PlannedStage stage) => new(plan.Model, replica.Number, replica.Epoch, stage.Stage);

    /// <summary>Places anew what lost its silo, and what had none.</summary>
    private async Task ReviewAsync(CancellationToken cancellationToken)
    {
        _roster.Refresh();
        Experts.Keep([.. Plans.Keys]);
        if (Plans.Count == 0 || !_roster.IsKnown)
        {
            return;
        }

        foreach (var (model, before) in Plans.ToArray())
        {
            if (_roster.Find(model) is null)
            {
                continue; // whoever had its files is away
            }

            var after = Decide(model, before.Wish, isNewWish: false, out var epoch);
            if (!IsSame(before, after))
            {
                try
                {
                    await StoreAsync(new(Plans, StringComparer.Ordinal) { [model] = after }, epoch);
                    LogPlanned(model, after.Replicas.Length, string.Join("; ", after.Problems));
                }
                catch (GranaryException exception)
                {
                    LogNotStored(exception, model); // the next look tries again
                    return;
                }
            }
        }
    }

    private DeploymentPlan Decide(string model, DeploymentWish wish, bool isNewWish, out int epoch)
    {
        wish.Check();
        if (_roster.Find(model) is not { } held)
        {
            throw _roster.IsKnown
                ? new GranaryException(ErrorCode.ModelNotFound, $"No silo has the files of model '{model}'. Import it: granary model import FOLDER --name {model}", "model")
                : new GranaryException(ErrorCode.Unavailable, "It is not known yet which silos there are. Try again in a few seconds.");
        }

        if (wish.SpreadExperts && held.Sizes.Experts == 0)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"Model '{model}' has no experts to spread. Leave --experts out.", "spreadExperts");
        }

        var current = Plans.GetValueOrDefault(model);
        var before = current?.Replicas ?? [];
        var capacities = CapacitiesFor(model, held);
        var plan = DeploymentPlanner.Plan(new PlanInput(model, wish.SpreadExperts ? held.Sizes.WithoutExperts : held.Sizes, wish, capacities, before));
        if (wish.SpreadExperts && held.Sizes.CanBeCut)
        {
            plan = Experts.Place(plan, held, capacities, current?.Experts, isNewWish);
        }

        var next = store.State.Epoch;
        var replicas = plan.Replicas.Select(replica => replica with
        {
            Limits = _roster.LimitsOf(replica),
            Epoch = before.FirstOrDefault(old => old.Number == replica.Number) is { } old && IsSame(old, replica) && !IsBroken(model, old) ? old.Epoch : ++next,
        }).ToArray();
        epoch = next;
        return plan with { Replicas = replicas };
    }

    private IReadOnlyList<SiloCapacity> CapacitiesFor(string model, HeldModel held) => _roster.Capacities(held, Plans.Values.Where(other => other.Model != model));

    private static bool IsSame(DeploymentPlan before, DeploymentPlan after) =>
        before.Replicas.Length == after.Replicas.Length
        && before.Replicas.Zip(after.Replicas).All(pair => pair.First.Epoch == pair.Second.Epoch)
        && before.Experts?.Version == after.Experts?.Version
        && before.Configured.SequenceEqual(after.Configured)
        && before.Problems.SequenceEqual(after.Problems);

    private static bool IsSame(PlannedReplica before, PlannedReplica after) =>
        before.Stages.Select(stage => (stage.Address, stage.FirstLayer, stage.Layers)).SequenceEqual(after.Stages.Select(stage => (stage.Address, stage.FirstLayer, stage.Layers)));

    /// <summary>Its head has lost a step, and gave up: a new epoch lets all stages begin anew.</summary>
    private bool IsBroken(string model, PlannedReplica replica) =>
        ReportOf(new PartKey(model, replica.Number, replica.Epoch, 0), replica.Stages[0].Address).State == PartState.Broken;

    private Task StoreAsync(Dictionary<string, DeploymentPlan> plans, int epoch) =>
        store.ReplaceAsync(new DeploymentsState { Plans = plans, Epoch = epoch }, DeactivateOnIdle);

    private DeploymentStatus Status(DeploymentPlan plan) => new()
    {
        Plan = plan,
        Experts = plan.Experts is null ? [] :
        [
            .. from report in _roster.Live
               from held in report.Experts
               where held.Model == plan.Model
               select new ExpertProgress(report.Name, held.AppliedVersion, held.Error),
        ],
        Parts = [.. plan.Replicas.SelectMany(replica => replica.Stages.Select(stage => ReportOf(Key(plan, replica, stage), stage.Address)))],
    };

    private PartReport ReportOf(PartKey part, string address) =>
        _roster.Live.FirstOrDefault(report => report.Address == address)?.Parts.FirstOrDefault(known => known.Part == part) ?? new PartReport(part, PartState.Waiting);

    [LoggerMessage(2601, LogLevel.Information, "Model {Model} is to be served by {Replicas} replicas of {Stages} stages; {Problems} have no place yet")]
    private partial void LogDeployed(string model, int replicas, int stages, int problems);

    [LoggerMessage(2602, LogLevel.Information, "Model {Model} is deployed no longer")]
    private partial void LogUndeployed(string model);

    [LoggerMessage(2603, LogLevel.Information, "Model {Model} has places for {Replicas} replicas now. {Problems}")]
    private partial void LogPlanned(string model, int replicas, string problems);

    [LoggerMessage(2604, LogLevel.Warning, "Where model {Model} goes now could not be stored; the next look tries again")]
    private partial void LogNotStored(Exception exception, string model);
}
