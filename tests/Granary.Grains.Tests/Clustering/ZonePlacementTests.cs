using Granary.Clustering;
using Granary.Grains.Tests.Fixtures;
using Granary.Serving;
using Granary.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Clustering;

public sealed class ZonePlacementTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static Dictionary<string, string?> NoSharing => new() { ["Granary:Silo:RebalancePerSecond"] = "0" };

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Conversation_comes_up_in_the_zone_of_the_silo_that_calls_though_it_is_the_only_one_there(int caller)
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 3, settings: NoSharing);
        for (var i = 0; i < 12; i++)
        {
            await CreateAsync(cluster, caller, $"near-{i}");
        }

        Assert.Equal(12, Count(cluster, caller));
    }

    [Fact]
    public async Task Conversation_whose_silo_died_comes_up_in_the_zone_of_the_silo_that_calls()
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 3, settings: NoSharing);
        for (var i = 0; i < 12; i++)
        {
            await CreateAsync(cluster, 2, $"lost-{i}");
        }

        await cluster.Inner.KillSiloAsync(cluster.Inner.Silos[2]);

        for (var i = 0; i < 12; i++)
        {
            await UntilAnsweredAsync(Session(cluster, 1, $"lost-{i}"));
        }

        Assert.Equal(12, Count(cluster, 1));
    }

    [Fact]
    public async Task Conversation_comes_up_in_another_zone_where_its_own_takes_no_work()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        cluster.Silo(0).GetRequiredService<LocalDrain>().Begin();

        await CreateAsync(cluster, 0, "away");

        Assert.Equal((0, 1), (Count(cluster, 0), Count(cluster, 1)));
    }

    [Fact]
    public async Task Silo_that_joins_in_a_zone_of_its_own_gets_its_share_from_a_zone_that_has_two()
    {
        await using var cluster = await GranaryCluster.StartAsync(settings: new() { ["Granary:Silo:RebalancePerSecond"] = "100" }, zones: ["near", "near", "far"]);
        for (var i = 0; i < 150; i++)
        {
            await CreateAsync(cluster, i % 2, $"shared-{i}");
        }

        await cluster.Inner.StartAdditionalSiloAsync();

        await Waiting.UntilAsync(() => Enumerable.Range(0, 3).Max(index => Count(cluster, index)) - Enumerable.Range(0, 3).Min(index => Count(cluster, index)) <= 8);
        Assert.Equal("far", cluster.Silo(2).GetRequiredService<LocalSilo>().Zone);
        Assert.Equal(150, Enumerable.Range(0, 3).Sum(index => Count(cluster, index)));
    }

    private static ISessionGrain Session(GranaryCluster cluster, int caller, string id) =>
        cluster.Silo(caller).GetRequiredService<IGrainFactory>().GetGrain<ISessionGrain>(id);

    private static Task<SessionInfo> CreateAsync(GranaryCluster cluster, int caller, string id) =>
        Session(cluster, caller, id).CreateAsync(new CreateSession { Owner = "owner", Model = GranaryCluster.Model });

    private static int Count(GranaryCluster cluster, int silo) => cluster.Silo(silo).GetRequiredService<LocalActivations>().Count;

    // Calls fail until the others know that the silo is dead.
    private static async Task UntilAnsweredAsync(ISessionGrain session)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                await session.GetHistoryAsync();
                return;
            }
            catch (Exception exception) when (GrainErrors.IsUnavailable(exception))
            {
                await Task.Delay(20, limit.Token);
            }
        }
    }
}
