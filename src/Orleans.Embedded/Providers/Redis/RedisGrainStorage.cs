using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Persistence;
using StackExchange.Redis;

namespace Orleans.Storage;

/// <summary>Grain state as a Redis hash with the fields <c>etag</c> and <c>data</c> under <c>service/state/type/key/name</c>, as Orleans lays it out.</summary>
internal sealed class RedisGrainStorage(RedisStorageOptions options, IOptions<ClusterOptions> cluster) : IGrainStorage, IDisposable
{
    // KEYS[1] the record; ARGV[1] the tag that the writer holds, empty for none; ARGV[2] the new tag; ARGV[3] the state, empty when cleared.
    private const string Write = """
        if (redis.call('HGET', KEYS[1], 'etag') or '') ~= ARGV[1] then return 0 end
        redis.call('HSET', KEYS[1], 'etag', ARGV[2], 'data', ARGV[3])
        return 1
        """;

    private const string Delete = """
        if (redis.call('HGET', KEYS[1], 'etag') or '') ~= ARGV[1] then return 0 end
        redis.call('DEL', KEYS[1])
        return 1
        """;

    private readonly SemaphoreSlim _connecting = new(1);
    private ConnectionMultiplexer? _connection;

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var redis = await ConnectAsync();
        var fields = await redis.HashGetAsync(Key(stateName, grainId), ["etag", "data"]);
        var exists = !fields[1].IsNullOrEmpty;
        grainState.State = exists ? StateSerializer.Deserialize<T>((byte[])fields[1]!) : StateSerializer.CreateEmpty<T>();
        grainState.ETag = fields[0].IsNullOrEmpty ? null : (string?)fields[0];
        grainState.RecordExists = exists;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var etag = NewEtag();
        await ChangeAsync(Write, stateName, grainId, grainState.ETag, etag, StateSerializer.Serialize(grainState.State));
        grainState.ETag = etag;
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var etag = options.DeleteStateOnClear ? null : NewEtag();
        await ChangeAsync(etag is null ? Delete : Write, stateName, grainId, grainState.ETag, etag ?? "", RedisValue.EmptyString);
        grainState.ETag = etag;
        grainState.State = StateSerializer.CreateEmpty<T>();
        grainState.RecordExists = false;
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _connecting.Dispose();
    }

    private static string NewEtag() => Guid.NewGuid().ToString("N");

    private async Task ChangeAsync(string script, string stateName, GrainId grainId, string? held, RedisValue etag, RedisValue data)
    {
        var redis = await ConnectAsync();
        var changed = (int)await redis.ScriptEvaluateAsync(script, [Key(stateName, grainId)], [held ?? "", etag, data]);
        if (changed == 0)
        {
            throw new InconsistentStateException($"The state '{stateName}' of {grainId} has changed since tag {held ?? "none"} was read.");
        }
    }

    private RedisKey Key(string stateName, GrainId grainId) => $"{cluster.Value.ServiceId}/state/{grainId}/{stateName}";

    private async Task<IDatabase> ConnectAsync()
    {
        if (_connection is { } connection)
        {
            return connection.GetDatabase();
        }

        await _connecting.WaitAsync();
        try
        {
            _connection ??= await ConnectionMultiplexer.ConnectAsync(
                options.ConfigurationOptions ?? throw new OrleansConfigurationException("ConfigurationOptions is missing; say how to reach Redis."));
            return _connection.GetDatabase();
        }
        finally
        {
            _connecting.Release();
        }
    }
}
