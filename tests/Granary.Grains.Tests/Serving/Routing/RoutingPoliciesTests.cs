using Granary.Cluster;
using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Serving.Routing;

public sealed class RoutingPoliciesTests(TwoSilos silos) : IClassFixture<TwoSilos>
{
    [Fact]
    public async Task Current_is_the_configurations_until_an_operator_chooses_another_on_all_silos()
    {
        var control = silos.Cluster.Client.GetGrain<IClusterControlGrain>(IClusterControlGrain.Key);
        var refusal = await control.RouteAsync("by-the-moon").RefusesAsync(ErrorCode.InvalidRequest);
        Assert.Contains("consistent-hash, dynamic-score, kv-affinity, least-loaded, response-time, weighted-round-robin", refusal.Message, StringComparison.Ordinal);

        await control.RouteAsync(RoutingPolicyNames.DynamicScore);
        await WaitAsync(RoutingPolicyNames.DynamicScore);
        await control.RouteAsync(null);
        await WaitAsync(RoutingPolicyNames.KvAffinity);
    }

    [Fact]
    public async Task Session_goes_back_to_the_replica_of_its_last_turn()
    {
        var session = await silos.Cluster.CreateAsync("home");
        var near = await TurnAsync(session);
        silos.Cluster.Script.Refusing[near] = new GranaryException(ErrorCode.Overloaded, "Full.");
        var far = await TurnAsync(session);
        silos.Cluster.Script.Refusing.Clear();

        Assert.NotEqual(near, far);
        Assert.Equal(far, await TurnAsync(session));
    }

    private static async Task<string> TurnAsync(Granary.Sessions.ISessionGrain session)
    {
        var events = await session.ReadAsync("Hello");
        await session.RestAsync();
        return events.Select(turn => turn.Silo).OfType<string>().Last();
    }

    private async Task WaitAsync(string policy)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (silos.Cluster.Inner.Silos.Any(silo => silo.ServiceProvider.GetRequiredService<RoutingPolicies>().Current.Name != policy))
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }
}
