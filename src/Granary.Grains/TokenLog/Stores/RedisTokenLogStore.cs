using System.Globalization;
using StackExchange.Redis;

namespace Granary.TokenLog.Stores;

/// <summary>
/// Turns in Redis. A commit is one script, and in mode replicated a <c>WAIT</c> behind it. All keys have one hash tag, so that a script may touch any of them.
/// </summary>
internal sealed class RedisTokenLogStore(string connectionString, string service, TokenLogOptions options) : ITokenLogStore
{
    private readonly string _prefix = $"{{{service}/turns}}/";

    // WAIT holds its connection up: commits have one of their own.
    private readonly RedisConnection _commits = new(connectionString);
    private readonly RedisConnection _others = new(connectionString);

    private RedisKey OpenTurns => _prefix + "open";

    public async Task<StoredTurn> OpenAsync(TurnKey turn, string silo, byte[]? request, CancellationToken cancellationToken)
    {
        var redis = await _others.GetAsync(cancellationToken);
        RedisValue[] arguments = [turn.Turn, Field(turn), silo, .. request is null ? Array.Empty<RedisValue>() : [request]];
        var opened = await redis.ScriptEvaluateAsync(RedisScripts.Open, AllKeys(turn), arguments).WaitAsync(cancellationToken);
        await ReplicateAsync(redis, cancellationToken);
        return ToStored((RedisResult[])opened!);
    }

    public async Task CommitAsync(IReadOnlyList<TurnAppend> appends, CancellationToken cancellationToken)
    {
        var redis = await _commits.GetAsync(cancellationToken);
        var keys = new RedisKey[appends.Count * 2];
        var arguments = new RedisValue[(appends.Count * 3) + appends.Sum(append => append.Records.Count)];
        var at = 0;
        for (var i = 0; i < appends.Count; i++)
        {
            var append = appends[i];
            (keys[2 * i], keys[(2 * i) + 1]) = (Hash(append.Lease.Turn), Records(append.Lease.Turn));
            arguments[at++] = append.Lease.Epoch;
            arguments[at++] = append.First;
            arguments[at++] = append.Records.Count;
            foreach (var record in append.Records)
            {
                arguments[at++] = record;
            }
        }

        var outcomes = (RedisResult[])(await redis.ScriptEvaluateAsync(RedisScripts.Commit, keys, arguments).WaitAsync(cancellationToken))!;
        for (var i = 0; i < appends.Count; i++)
        {
            appends[i].Outcome = (AppendOutcome)(int)outcomes[i];
        }

        await ReplicateAsync(redis, cancellationToken);
    }

    public async Task<bool[]> CloseAsync(IReadOnlyList<TurnClosing> turns, CancellationToken cancellationToken)
    {
        var redis = await _others.GetAsync(cancellationToken);
        var closed = await Task.WhenAll(turns.Select(turn => CloseAsync(redis, turn))).WaitAsync(cancellationToken);
        return [.. closed.Select(static one => (int)one == 1)];
    }

    private Task<RedisResult> CloseAsync(IDatabase redis, TurnClosing turn)
    {
        RedisValue[] arguments = [turn.Lease.Epoch, Field(turn.Lease.Turn), turn.Keep is { } time ? (long)time.TotalMilliseconds : ""];
        return redis.ScriptEvaluateAsync(RedisScripts.Close, AllKeys(turn.Lease.Turn), arguments);
    }

    public async Task<StoredTurn?> ReadAsync(TurnKey turn, CancellationToken cancellationToken)
    {
        var redis = await _others.GetAsync(cancellationToken);
        var found = (RedisResult[])(await redis.ScriptEvaluateAsync(RedisScripts.Read, [Hash(turn), Records(turn)], []).WaitAsync(cancellationToken))!;
        return found[0].IsNull ? null : ToStored(found);
    }

    public async Task DeleteAsync(string owner, CancellationToken cancellationToken)
    {
        var redis = await _others.GetAsync(cancellationToken);
        await redis.ScriptEvaluateAsync(RedisScripts.Delete, [Turns(owner), OpenTurns], [_prefix + "turn/", _prefix + "records/", "/" + owner]).WaitAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<OpenTurn>> ListOpenAsync(CancellationToken cancellationToken)
    {
        var redis = await _others.GetAsync(cancellationToken);
        var open = await redis.HashGetAllAsync(OpenTurns).WaitAsync(cancellationToken);
        return [.. open.Select(entry => new OpenTurn(ToKey((string)entry.Name!), (string)entry.Value!))];
    }

    /// <summary>Redis does it by itself.</summary>
    public Task ExpireAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _commits.DisposeAsync();
        await _others.DisposeAsync();
    }

    /// <summary>Waits until replicas have what this connection wrote; that they do not answer in time counts as a failure of the write.</summary>
    private async Task ReplicateAsync(IDatabase redis, CancellationToken cancellationToken)
    {
        if (options.Mode != TokenLogMode.Replicated)
        {
            return;
        }

        var timeout = (int)options.ReplicaTimeout.TotalMilliseconds;
        var replicas = (int)await redis.ExecuteAsync("WAIT", options.Replicas, timeout).WaitAsync(cancellationToken);
        if (replicas < options.Replicas)
        {
            throw new TimeoutException($"{replicas} of {options.Replicas} replicas of Redis had the tokens after {timeout} ms.");
        }
    }

    private static StoredTurn ToStored(RedisResult[] found) =>
        new((long)found[0], found[1].IsNull ? null : (byte[]?)found[1], found[2].IsNull ? [] : (byte[])found[2]!, (int)found[3] == 1);

    private RedisKey[] AllKeys(TurnKey turn) => [Hash(turn), Records(turn), Turns(turn.Owner), OpenTurns];

    private RedisKey Hash(TurnKey turn) => _prefix + "turn/" + Field(turn);

    private RedisKey Records(TurnKey turn) => _prefix + "records/" + Field(turn);

    private RedisKey Turns(string owner) => _prefix + "owner/" + owner;

    private static string Field(TurnKey turn) => string.Create(CultureInfo.InvariantCulture, $"{turn.Turn}/{turn.Owner}");

    private static TurnKey ToKey(string field)
    {
        var slash = field.IndexOf('/', StringComparison.Ordinal);
        return new TurnKey(field[(slash + 1)..], int.Parse(field.AsSpan(0, slash), CultureInfo.InvariantCulture));
    }
}
