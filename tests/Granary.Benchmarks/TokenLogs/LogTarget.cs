using Granary.Conformance.Support;
using Granary.Health;
using Granary.Storage;
using Granary.TokenLog;
using Granary.TokenLog.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Benchmarks.TokenLogs;

/// <summary>A store with its servers on this machine.</summary>
internal sealed class LogTarget : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _parts = new();

    private LogTarget(Func<TokenLogOptions, ITokenLogStore> create) => Create = create;

    private Func<TokenLogOptions, ITokenLogStore> Create { get; }

    public static async Task<LogTarget> SqliteAsync()
    {
        var folder = new TemporaryFolder();
        var database = new SqliteDatabase(folder.Combine("granary.db"));
        var target = new LogTarget(_ => new SqliteTokenLogStore(database, TimeProvider.System));
        target._parts.Push(new Folder(folder));
        target._parts.Push(database);
        return await Task.FromResult(target);
    }

    /// <param name="withReplica">It shares the disk.</param>
    public static async Task<LogTarget> RedisAsync(bool withReplica)
    {
        var server = new RedisProcess(RedisProcess.Durable);
        var address = await server.StartAsync();
        var target = new LogTarget(options => new RedisTokenLogStore(address, "bench", options));
        target._parts.Push(server);
        if (withReplica)
        {
            var replica = new RedisProcess([.. RedisProcess.Durable, "--replicaof", "127.0.0.1", $"{server.Port}"]);
            target._parts.Push(replica);
            await replica.StartAsync();
            await target.UntilReplicatedAsync();
        }

        return target;
    }

    /// <param name="withStandby">Commits of all modes but replicated ignore it, and yet share the disk with it.</param>
    public static async Task<LogTarget> PostgresAsync(bool withStandby)
    {
        var server = new PostgresProcess("fsync=on");
        var connection = await server.StartAsync();
        var target = new LogTarget(options => new PostgresTokenLogStore(connection, "bench", options));
        target._parts.Push(server);
        if (withStandby)
        {
            target._parts.Push(await PostgresStandby.StartAsync(connection));
        }

        return target;
    }

    /// <summary>Ends when the replica has copied what there is; measured before, it would be the copying.</summary>
    private async Task UntilReplicatedAsync()
    {
        await using var store = Create(new TokenLogOptions { Mode = TokenLogMode.Replicated });
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await store.OpenAsync(new TurnKey("session/first", 0), "bench", null, CancellationToken.None);
                return;
            }
            catch (TimeoutException) when (attempt < 30)
            {
                await pause.WaitForNextTickAsync();
            }
        }
    }

    /// <summary>The log in a mode.</summary>
    public Log Open(TokenLogMode mode)
    {
        var options = new TokenLogOptions { Mode = mode };
        var store = Create(options);
        return new Log(store, new SiloTokenLog(store, "bench", options, new WorkProgress(TimeProvider.System), new WorkProgress(TimeProvider.System), TimeProvider.System, NullLogger<SiloTokenLog>.Instance));
    }

    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }
    }

    /// <summary>A log and its store.</summary>
    internal sealed class Log(ITokenLogStore store, SiloTokenLog log) : IAsyncDisposable
    {
        public ITokenLog Value => log;

        public async ValueTask DisposeAsync()
        {
            await log.DisposeAsync();
            await store.DisposeAsync();
        }
    }

    private sealed class Folder(TemporaryFolder folder) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
