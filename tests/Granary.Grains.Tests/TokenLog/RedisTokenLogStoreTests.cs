using Granary.TokenLog;
using Granary.TokenLog.Stores;

namespace Granary.Grains.Tests.TokenLog;

public sealed class RedisTokenLogStoreTests(StoreServers servers) : TokenLogStoreTests, IClassFixture<StoreServers>
{
    [Fact]
    public async Task Commit_replicated_without_a_replica_fails_and_repeating_it_too()
    {
        await using var store = new RedisTokenLogStore(await servers.RedisAsync(), "alone", new TokenLogOptions { Mode = TokenLogMode.Replicated, ReplicaTimeout = TimeSpan.FromMilliseconds(20) });

        await Assert.ThrowsAsync<TimeoutException>(() => store.OpenAsync(new TurnKey("o", 0), "silo", null, CancellationToken.None));
        var append = new TurnAppend(new TurnLease(new TurnKey("o", 0), 1), 0);
        append.Records.Add([1]);
        await Assert.ThrowsAsync<TimeoutException>(() => store.CommitAsync([append], CancellationToken.None));
        await Assert.ThrowsAsync<TimeoutException>(() => store.CommitAsync([append], CancellationToken.None));
    }

    internal override async Task<ITokenLogStore> CreateAsync() => new RedisTokenLogStore(await servers.RedisAsync(), Guid.NewGuid().ToString(), new TokenLogOptions());
}
