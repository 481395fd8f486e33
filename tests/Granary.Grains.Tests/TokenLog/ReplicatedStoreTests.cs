using Granary.Conformance.Support;
using Granary.TokenLog;
using Granary.TokenLog.Stores;
using Npgsql;

namespace Granary.Grains.Tests.TokenLog;

public sealed class ReplicatedStoreTests
{
    private static readonly TurnKey Turn = new("session/s", 0);
    private static readonly TokenLogOptions Replicated = new() { Mode = TokenLogMode.Replicated, ReplicaTimeout = TimeSpan.FromMilliseconds(300) };

    [Fact]
    public async Task Commit_with_a_replica_of_Redis_is_on_it_and_without_it_fails()
    {
        await using var primary = new RedisProcess(RedisProcess.Durable);
        var address = await primary.StartAsync();
        await using var replica = new RedisProcess([.. RedisProcess.Durable, "--replicaof", "127.0.0.1", $"{primary.Port}"]);
        var copy = await replica.StartAsync();
        await using var store = new RedisTokenLogStore(address, "r", Replicated);
        var lease = await UntilReplicatedAsync(store);
        await CommitAsync(store, lease, 0, CancellationToken.None);

        await using (var reading = new RedisTokenLogStore(copy, "r", new TokenLogOptions()))
        {
            Assert.Equal([0], (await reading.ReadAsync(Turn, CancellationToken.None))!.Records);
        }

        await replica.KillAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => CommitAsync(store, lease, 1, CancellationToken.None));
        await replica.StartAsync();
        await UntilAsync(() => CommitAsync(store, lease, 1, CancellationToken.None));
        Assert.Equal([0, 1], (await store.ReadAsync(Turn, CancellationToken.None))!.Records);
    }

    [Fact]
    public async Task Commit_with_a_synchronous_standby_of_PostgreSql_succeeds_and_without_it_does_not()
    {
        await using var primary = new PostgresProcess("fsync=on");
        var connection = await primary.StartAsync();
        await using var store = new PostgresTokenLogStore(connection, "r", Replicated);
        TurnLease lease;
        await using (await PostgresStandby.StartAsync(connection))
        {
            lease = await UntilReplicatedAsync(store);
            await UntilAsync(() => CommitAsync(store, lease, 0, CancellationToken.None)); // the server reads the setting a moment later
        }

        // The server tells its processes of the setting by and by: until its checkpointer knows, commits wait for nobody.
        byte record = 1;
        while (!await WaitsAsync(record))
        {
            Assert.True(record++ < 200, "Commits go on being acknowledged without a standby.");
        }

        Assert.True(await WaitsAsync(record), "The record is there since the first attempt, and that was taken for an answer.");

        async Task<bool> WaitsAsync(byte number)
        {
            using var stop = new CancellationTokenSource();
            var commit = CommitAsync(store, lease, number, stop.Token);
            if (!await HasWaitingCommitAsync(connection, commit))
            {
                return false;
            }

            await stop.CancelAsync(); // the server gives the wait up and says 'committed', with a warning
            Assert.NotNull(await Record.ExceptionAsync(() => commit));
            return true;
        }
    }

    /// <summary>Whether the server has the commit wait for its standby; if not, the commit has ended.</summary>
    private static async Task<bool> HasWaitingCommitAsync(string connectionString, Task commit)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var waiting = new NpgsqlCommand("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'", connection);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!commit.IsCompleted)
        {
            if ((long)(await waiting.ExecuteScalarAsync())! > 0)
            {
                return true;
            }

            await pause.WaitForNextTickAsync();
        }

        await commit;
        return false;
    }

    private static async Task<TurnLease> UntilReplicatedAsync(ITokenLogStore store)
    {
        TurnLease lease = default;
        await UntilAsync(async () => lease = new TurnLease(Turn, (await store.OpenAsync(Turn, "silo", null, CancellationToken.None)).Epoch));
        return lease;
    }

    private static async Task UntilAsync(Func<Task> attempt)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                await attempt();
                return;
            }
            catch (Exception exception) when (exception is TimeoutException or InvalidOperationException)
            {
                await pause.WaitForNextTickAsync(limit.Token);
            }
        }
    }

    private static async Task CommitAsync(ITokenLogStore store, TurnLease lease, byte record, CancellationToken cancellationToken)
    {
        var append = new TurnAppend(lease, record);
        append.Records.Add([record]);
        await store.CommitAsync([append], cancellationToken);
        Assert.Equal(AppendOutcome.Written, append.Outcome);
    }
}
