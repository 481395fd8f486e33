using Granary.Grains.Tests.Fixtures;
using Granary.Serving;
using Granary.Sessions;
using Granary.Shards;
using Granary.Tenants;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Tenants;

/// <summary>Turns that are stopped before a replica has told of their prompts.</summary>
public sealed class StoppedTurnsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Session_stoppedBeforeItsFirstToken_isChargedItsPrompt_ifAReplicaHadBegunWithIt(bool begun)
    {
        var router = new FakeRouter();
        await using var cluster = await GranaryCluster.StartAsync(1, configure: services => services.AddSingleton<IReplicaRouter>(router));
        await TenantGrainTests.Grain(cluster).SetLimitsAsync(new TenantLimits { TokensPerDay = 5000 });
        var session = await cluster.CreateAsync("s");
        await session.SendAsync(new SendMessage { Text = "Hi" });
        var asked = (await router.NextAsync()).Beat(begun: begun).Beat();
        await Waiting.UntilAsync(() => asked.Unread == 0); // the second is read when the first was looked at

        await session.StopAsync();

        var row = await TenantGrainTests.RowAsync(cluster);
        Assert.Equal((begun, 0L), (row.PromptTokens > 0, row.OutputTokens));
        await TenantGrainTests.StatusAsync(cluster, status => status.DayTokens == row.PromptTokens && status.Streams == 0);
    }

    [Fact]
    public async Task Session_stoppedWhileNobodyCanCountItsPrompt_isRecordedWhenSomebodyCan()
    {
        var router = new FakeRouter();
        await using var cluster = await GranaryCluster.StartAsync(1, configure: services => services
            .AddSingleton<IReplicaRouter>(router).AddSingleton<ILocalModelLoader>(new HeldModelLoader(new AwayTokenizer(uses: 2))));
        var session = await cluster.CreateAsync("s");
        await session.SendAsync(new SendMessage { Text = "Hi" });
        (await router.NextAsync()).Accept("a").Give(0, 2);
        await new LedgerReader(session, 0).ReadUntilAsync("w0 w1 ");

        await session.StopAsync();

        var row = await TenantGrainTests.RowAsync(cluster);
        Assert.Equal((true, 2L), (row.PromptTokens > 0, row.OutputTokens));
    }
}
