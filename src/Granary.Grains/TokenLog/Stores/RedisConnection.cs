using StackExchange.Redis;

namespace Granary.TokenLog.Stores;

/// <summary>A connection that is made when it is first wanted, and comes back by itself after the server was away.</summary>
internal sealed class RedisConnection(string connectionString) : IAsyncDisposable
{
    private readonly SemaphoreSlim _connecting = new(1);
    private ConnectionMultiplexer? _connection;

    /// <summary>The database.</summary>
    /// <exception cref="RedisConnectionException">The server could not be reached yet.</exception>
    public async Task<IDatabase> GetAsync(CancellationToken cancellationToken)
    {
        if (_connection is { } connection)
        {
            return connection.GetDatabase();
        }

        await _connecting.WaitAsync(cancellationToken);
        try
        {
            _connection ??= await ConnectionMultiplexer.ConnectAsync(Settings());
            return _connection.GetDatabase();
        }
        finally
        {
            _connecting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connecting.WaitAsync();
        _connection?.Dispose();
        _connecting.Dispose();
    }

    private ConfigurationOptions Settings()
    {
        var settings = ConfigurationOptions.Parse(connectionString);
        settings.AbortOnConnectFail = false;
        settings.ReconnectRetryPolicy = new LinearRetry(250);
        return settings;
    }
}
