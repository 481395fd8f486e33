using Granary.Conformance.Support;
using Granary.Serving;
using Granary.TokenLog;
using Granary.TokenLog.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Grains.Tests.TokenLog;

/// <summary>The store's process is killed while turns append; nothing that was acknowledged may be missing, and nothing may be there twice.</summary>
public sealed class StoreCrashTests
{
    private const int Turns = 8;
    private const int Records = 400;

    [Fact]
    public async Task Redis_killed_while_turns_append_loses_and_repeats_nothing()
    {
        await using var server = new RedisProcess(RedisProcess.Durable);
        var address = await server.StartAsync();

        await AppendThroughCrashesAsync(() => new RedisTokenLogStore(address, "crash", new TokenLogOptions()), server.KillAsync, server.StartAsync);
    }

    [Fact]
    public async Task PostgreSql_killed_while_turns_append_loses_and_repeats_nothing()
    {
        await using var server = new PostgresProcess("fsync=on");
        var connection = await server.StartAsync();

        await AppendThroughCrashesAsync(() => new PostgresTokenLogStore(connection, "crash", new TokenLogOptions()), server.KillAsync, server.StartAsync);
    }

    private static async Task AppendThroughCrashesAsync(Func<ITokenLogStore> connect, Func<Task> kill, Func<Task> start)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        await using var store = connect();
        await using var log = Log(store);
        var leases = await Task.WhenAll(Enumerable.Range(0, Turns).Select(async turn => (await log.OpenAsync(new TurnKey($"session/{turn}", 0), [1], limit.Token)).Lease));
        var acknowledged = 0;
        var some = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var appending = leases.Select(async lease =>
        {
            for (var i = 0; i < Records; i++)
            {
                await log.AppendAsync(lease, i, new TokenFrame { FirstIndex = i, Tokens = [i], Text = $"{i} " }, limit.Token);
                if (Interlocked.Increment(ref acknowledged) == Turns * Records / 20)
                {
                    some.SetResult();
                }
            }
        }).ToArray();

        await some.Task;
        await kill();
        var before = Volatile.Read(ref acknowledged);
        Assert.True(before < Turns * Records, "all was written before the server was killed");
        await start();

        // Another silo, right after the restart: the first turn is taken over, and what was acknowledged is there.
        await using var secondStore = connect();
        await using var second = Log(secondStore);
        var taken = await RetryAsync(() => second.OpenAsync(leases[0].Turn, null, limit.Token));
        await Assert.ThrowsAnyAsync<FencedException>(() => appending[0].ContinueWith(async task => { await task; throw new FencedException(leases[0]); }, TaskScheduler.Default).Unwrap());
        await Task.WhenAll(appending[1..]);

        Assert.Equal([1], taken.Request!);
        Assert.Equal(Enumerable.Range(0, taken.Frames.Count), taken.Frames.Select(frame => frame.FirstIndex));
        for (var i = taken.Frames.Count; i < Records; i++)
        {
            await second.AppendAsync(taken.Lease, i, new TokenFrame { FirstIndex = i, Tokens = [i], Text = $"{i} " }, limit.Token);
        }

        await second.CloseAsync(taken.Lease, null, limit.Token);
        foreach (var lease in leases)
        {
            var turn = (await second.ReadAsync(lease.Turn, limit.Token))!;
            Assert.Equal(Enumerable.Range(0, Records), turn.Frames.Select(frame => frame.FirstIndex));
            Assert.Equal(Enumerable.Range(0, Records), turn.Frames.SelectMany(frame => frame.Tokens));
        }

        async Task<LoggedTurn> RetryAsync(Func<Task<LoggedTurn>> open)
        {
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            while (true)
            {
                try
                {
                    return await open();
                }
                catch (Granary.Errors.GranaryException)
                {
                    await pause.WaitForNextTickAsync(limit.Token);
                }
            }
        }
    }

    private static Granary.TokenLog.SiloTokenLog Log(ITokenLogStore store) =>
        new(store, "silo", new TokenLogOptions(), new Granary.Health.WorkProgress(TimeProvider.System), new Granary.Health.WorkProgress(TimeProvider.System), TimeProvider.System, NullLogger<Granary.TokenLog.SiloTokenLog>.Instance);
}
