using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using Orleans.AdoNet;
using Orleans.Configuration;

namespace Orleans.Storage;

/// <summary>Grain state in OrleansStorage. The tag is the row's version; a statement that leaves it as it was did not happen.</summary>
internal sealed class AdoNetGrainStorage(AdoNetGrainStorageOptions options, IOptions<ClusterOptions> cluster) : IGrainStorage, IAsyncDisposable
{
    private readonly OrleansQueries _queries = new(options.Invariant, options.ConnectionString);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var rows = await _queries.ReadAsync("ReadFromStorageKey", Key(stateName, grainId), row =>
        {
            var (payload, version) = (row.GetOrdinal("PayloadBinary"), row.GetOrdinal("Version"));
            return (
                Payload: row.IsDBNull(payload) ? null : row.GetFieldValue<byte[]>(payload),
                Version: row.IsDBNull(version) ? null : row.GetInt32(version).ToString(CultureInfo.InvariantCulture));
        });
        var record = rows.FirstOrDefault();
        grainState.State = record.Payload is null ? StateSerializer.CreateEmpty<T>() : StateSerializer.Deserialize<T>(record.Payload);
        grainState.ETag = record.Version;
        grainState.RecordExists = record.Payload is not null;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var version = await ChangeAsync("WriteToStorageKey", stateName, grainId, grainState.ETag, ("PayloadBinary", StateSerializer.Serialize(grainState.State)));
        grainState.ETag = version;
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.ETag is not null)
        {
            var version = await ChangeAsync(options.DeleteStateOnClear ? "DeleteStorageKey" : "ClearStorageKey", stateName, grainId, grainState.ETag);
            grainState.ETag = options.DeleteStateOnClear ? null : version;
        }

        grainState.State = StateSerializer.CreateEmpty<T>();
        grainState.RecordExists = false;
    }

    public ValueTask DisposeAsync() => _queries.DisposeAsync();

    private async Task<string> ChangeAsync(string query, string stateName, GrainId grainId, string? etag, params (string, object?)[] more)
    {
        int? held = etag is null ? null : int.Parse(etag, CultureInfo.InvariantCulture);
        var versions = await _queries.ReadAsync(
            query,
            [.. Key(stateName, grainId), ("GrainStateVersion", held), .. more],
            row => row.IsDBNull(0) ? default(int?) : row.GetInt32(0));
        return versions is [{ } version] && version != held
            ? version.ToString(CultureInfo.InvariantCulture)
            : throw new InconsistentStateException($"The state '{stateName}' of {grainId} has changed since version {etag ?? "none"} was read.");
    }

    private (string, object?)[] Key(string stateName, GrainId grainId)
    {
        var key = StorageKey.Of(grainId);
        return
        [
            ("GrainIdHash", key.Hash),
            ("GrainIdN0", key.N0),
            ("GrainIdN1", key.N1),
            ("GrainTypeHash", XxHash32.HashAsOrleansDoes(Encoding.UTF8.GetBytes(stateName))),
            ("GrainTypeString", stateName),
            ("GrainIdExtensionString", key.Text),
            ("ServiceId", cluster.Value.ServiceId),
        ];
    }
}
