using Granary.Grains.Tests.Fixtures;
using Granary.Tenants;

namespace Granary.Grains.Tests.Tenants;

public sealed class TenantDirectoryGrainTests
{
    [Fact]
    public async Task Tend_whereATenantCannotBeRead_wakesTheOthers()
    {
        await using var cluster = await GranaryCluster.StartAsync(1);
        (cluster.Fault.Only, cluster.Fault.OnlyOf, cluster.Fault.IsAway) = ("tenant", "broken", true);
        var directory = cluster.Client.GetGrain<ITenantDirectoryGrain>(ITenantDirectoryGrain.Key);
        foreach (var tenant in new[] { "broken", "behind" })
        {
            await directory.SetHasWebhookAsync(tenant, true);
        }

        await Waiting.UntilAsync(() => cluster.Fault.Read.ContainsKey("tenant/behind")); // silos have tenants looked after every few seconds
        Assert.False(cluster.Fault.Read.ContainsKey("tenant/broken"));
    }
}
