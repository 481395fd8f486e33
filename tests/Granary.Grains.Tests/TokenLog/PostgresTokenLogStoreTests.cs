using Granary.TokenLog;
using Granary.TokenLog.Stores;

namespace Granary.Grains.Tests.TokenLog;

public sealed class PostgresTokenLogStoreTests(StoreServers servers) : TokenLogStoreTests, IClassFixture<StoreServers>
{
    [Fact]
    public async Task Commit_replicated_without_a_synchronous_standby_fails()
    {
        await using var store = new PostgresTokenLogStore(await servers.PostgresAsync(), "alone", new TokenLogOptions { Mode = TokenLogMode.Replicated });
        var turn = new TurnKey("o", 0);
        var append = new TurnAppend(new TurnLease(turn, (await store.OpenAsync(turn, "silo", null, CancellationToken.None)).Epoch), 0);
        append.Records.Add([1]);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => store.CommitAsync([append], CancellationToken.None));

        Assert.Contains("synchronous_standby_names", refusal.Message, StringComparison.Ordinal);
    }

    internal override async Task<ITokenLogStore> CreateAsync() => new PostgresTokenLogStore(await servers.PostgresAsync(), Guid.NewGuid().ToString(), new TokenLogOptions());
}
