using System.Globalization;
using System.Text.Json;
using Orleans.Storage;

namespace Granary.Storage;

/// <summary>Grain state as JSON in SQLite, one row a grain and state. The ETag is the row's version, which every write raises.</summary>
internal sealed class SqliteGrainStorage(string store, SqliteDatabase database) : IGrainStorage
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.General) { PreferredObjectCreationHandling = System.Text.Json.Serialization.JsonObjectCreationHandling.Replace };

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = database.Read(Key(stateName, grainId));
        if (row is null)
        {
            Reset(grainState);
        }
        else
        {
            grainState.State = JsonSerializer.Deserialize<T>(row.Value.Data, Json)!;
            grainState.ETag = row.Value.Version.ToString(CultureInfo.InvariantCulture);
            grainState.RecordExists = true;
        }

        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var expected = Version(grainState.ETag);
        var data = JsonSerializer.SerializeToUtf8Bytes(grainState.State, Json);
        await ChangeAsync(stateName, grainId, grainState.ETag, new SqliteChange(Key(stateName, grainId), expected, data));
        grainState.ETag = (expected + 1).ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.ETag is not null)
        {
            await ChangeAsync(stateName, grainId, grainState.ETag, new SqliteChange(Key(stateName, grainId), Version(grainState.ETag), null));
        }

        Reset(grainState);
    }

    private async Task ChangeAsync(string stateName, GrainId grainId, string? etag, SqliteChange change)
    {
        await database.WriteAsync(change);
        if (change.StoredVersion is { } stored && stored != change.Expected)
        {
            throw new InconsistentStateException(
                $"State '{stateName}' of {grainId} was changed by another activation.", stored.ToString(CultureInfo.InvariantCulture), etag ?? "");
        }
    }

    private SqliteKey Key(string stateName, GrainId grainId) => new(store, stateName, grainId.ToString());

    private static long Version(string? etag) => etag is null ? 0 : long.Parse(etag, CultureInfo.InvariantCulture);

    private static void Reset<T>(IGrainState<T> grainState)
    {
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null!;
        grainState.RecordExists = false;
    }
}
