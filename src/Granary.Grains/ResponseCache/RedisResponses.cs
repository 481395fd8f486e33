using Granary.TokenLog.Stores;
using Microsoft.Extensions.Logging;

namespace Granary.ResponseCache;

/// <summary>Answers that all silos share. A server that is away or slow is left alone for a moment: an answer is computed sooner than it is waited for.</summary>
internal sealed partial class RedisResponses(string connectionString, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private const string Prefix = "granary:response:";

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly RedisConnection _connection = new(connectionString);
    private long? _failedAt;

    /// <summary>What was kept, and how long it still is. Nobody's leaving cuts it short: it would count as the server's failure.</summary>
    public async Task<(byte[] Value, TimeSpan Left)?> FindAsync(string hash)
    {
        (byte[] Value, TimeSpan Left)? found = null;
        await TryAsync(async () =>
        {
            var kept = await (await _connection.GetAsync(CancellationToken.None)).StringGetWithExpiryAsync(Prefix + hash);
            found = kept is { Value.IsNull: false, Expiry: { } left } ? ((byte[])kept.Value!, left) : null;
        });
        return found;
    }

    public Task AddAsync(string hash, byte[] value, TimeSpan lifetime) =>
        TryAsync(async () => await (await _connection.GetAsync(CancellationToken.None)).StringSetAsync(Prefix + hash, value, lifetime));

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task TryAsync(Func<Task> access)
    {
        if (_failedAt is { } at && time.GetElapsedTime(at) < Pause)
        {
            return;
        }

        try
        {
            await access().WaitAsync(Patience, time);
            _failedAt = null;
        }
        catch (Exception exception)
        {
            _failedAt = time.GetTimestamp();
            LogAway(exception.Message);
        }
    }

    [LoggerMessage(2701, LogLevel.Warning, "The response cache's Redis did not answer, and is left alone for a second ({Reason})")]
    private partial void LogAway(string reason);
}
