namespace Orleans.Storage;

[KeepAlive]
internal sealed class MemoryStorageGrain : Grain, IMemoryStorageGrain
{
    private readonly Dictionary<string, MemoryRecord> _records = new(StringComparer.Ordinal);

    public Task<MemoryRecord?> ReadAsync(string key) => Task.FromResult(_records.GetValueOrDefault(key));

    public Task<string?> WriteAsync(string key, string? etag, byte[]? data)
    {
        if (_records.GetValueOrDefault(key)?.Etag != etag)
        {
            return Task.FromResult<string?>(null);
        }

        var next = Guid.NewGuid().ToString("N");
        if (data is null)
        {
            _records.Remove(key);
        }
        else
        {
            _records[key] = new MemoryRecord(next, data);
        }

        return Task.FromResult<string?>(next);
    }
}
