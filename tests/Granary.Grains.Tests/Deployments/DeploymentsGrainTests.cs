using Granary.Deployments;
using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Deployments;

public sealed class DeploymentsGrainTests : IAsyncLifetime
{
    private const string Model = "deployed";

    private GranaryCluster _cluster = null!;

    private IDeploymentsGrain Grain => _cluster.Client.GetGrain<IDeploymentsGrain>(IDeploymentsGrain.Key);

    public async ValueTask InitializeAsync()
    {
        _cluster = await GranaryCluster.StartAsync(silos: 3, configure: services => services.AddSingleton<IModelHoldings>(new FixedHoldings(Model)));
        await EventuallyAsync(async () => (await PlanAsync(new DeploymentWish { Replicas = 3 }))?.IsWhole == true);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Deploy_thenUndeploy_servesOnSilosWhoseConfigurationDoesNotNameIt()
    {
        var status = await Grain.DeployAsync(Model, new DeploymentWish { Replicas = 2 });
        Assert.Equal(2, status.Plan.Replicas.Select(replica => replica.Stages[0].Zone).Distinct().Count());

        await _cluster.WaitForReplicasAsync(2, Model);
        await EventuallyAsync(async () => Assert.Single(await Grain.ListAsync()).IsReady);

        await Grain.UndeployAsync(Model);
        await _cluster.WaitForReplicasAsync(0, Model);
        Assert.Empty(await Grain.ListAsync());
    }

    [Fact]
    public async Task ASiloDies_itsReplicaComesUpElsewhere_andTheOthersStay()
    {
        var before = await Grain.DeployAsync(Model, new DeploymentWish { Replicas = 2 });
        await _cluster.WaitForReplicasAsync(2, Model);
        var lost = before.Plan.Replicas[1].Stages[0].Address;

        await _cluster.Inner.KillSiloAsync(_cluster.Inner.Silos.Single(silo => silo.SiloAddress.ToParsableString() == lost));

        await EventuallyAsync(async () => (await TryAsync(Grain.ListAsync)) is [{ IsReady: true } status] && status.Plan.Replicas.All(replica => replica.Stages[0].Address != lost));
        var after = (await Grain.ListAsync())[0].Plan;
        Assert.Equal(before.Plan.Replicas[0].Stages[0].Address, after.Replicas[0].Stages[0].Address);
        Assert.Equal(before.Plan.Replicas[0].Epoch, after.Replicas[0].Epoch);
        Assert.True(after.Replicas[1].Epoch > before.Plan.Replicas[1].Epoch);
    }

    [Fact]
    public async Task Deploy_whatNoSiloHasOrCanDo_isRefused()
    {
        var error = await Assert.ThrowsAsync<GranaryException>(() => Grain.DeployAsync("absent", new DeploymentWish()));
        Assert.Equal(ErrorCode.ModelNotFound, error.Code);

        error = await Assert.ThrowsAsync<GranaryException>(() => Grain.DeployAsync(Model, new DeploymentWish { Replicas = 0 }));
        Assert.Equal(ErrorCode.InvalidRequest, error.Code);

        error = await Assert.ThrowsAsync<GranaryException>(() => Grain.DeployAsync(FixedHoldings.Uncut, new DeploymentWish { Stages = 2 }));
        Assert.Equal(ErrorCode.InvalidRequest, error.Code);
        Assert.Contains("--device cpu", error.Message, StringComparison.Ordinal);

        error = await Assert.ThrowsAsync<GranaryException>(() => Grain.UndeployAsync(Model));
        Assert.Equal(ErrorCode.ModelNotFound, error.Code);
    }

    [Fact]
    public Task Plan_ofStages_knowsHowFarSilosAreFromEachOther() =>
        EventuallyAsync(async () => (await PlanAsync(new DeploymentWish { Stages = 2 }))?.Replicas[0].Stages[1].Reason.Contains(" ms from stage 0", StringComparison.Ordinal) == true);

    [Fact]
    public async Task Ask_forADeployedModelWithoutAReplica_isToldToTryAgain()
    {
        await Grain.DeployAsync(Model, new DeploymentWish { Zones = ["no-such-zone"] });
        Assert.Equal(ErrorCode.Unavailable, await RefusalAsync());

        await Grain.UndeployAsync(Model);
        Assert.Equal(ErrorCode.ModelNotFound, await RefusalAsync());

        async Task<ErrorCode> RefusalAsync() =>
            (await Assert.ThrowsAsync<GranaryException>(() => _cluster.Silo(0).GetRequiredService<ReplicaDirectory>().GetAsync(Model))).Code;
    }

    private Task<DeploymentPlan?> PlanAsync(DeploymentWish wish) => TryAsync(() => Grain.PlanAsync(Model, wish));

    private static async Task<T?> TryAsync<T>(Func<Task<T>> call)
        where T : class
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (exception is GranaryException || GrainErrors.IsUnavailable(exception))
        {
            return null;
        }
    }

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
