[assembly: AssemblyFixture(typeof(Granary.Conformance.Support.PostgresServer))]

namespace Granary.Conformance.Support;

/// <summary>A PostgreSQL server for the test run, started by the first test that asks.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly PostgresProcess _process = new();
    private Task<string>? _connectionString;

    /// <summary>The connection string.</summary>
    public Task<string> GetConnectionStringAsync()
    {
        Assert.True(PostgresProcess.IsInstalled, "PostgreSQL is not installed; run deploy/lib/apt-install initdb:postgresql");
        lock (_process)
        {
            return _connectionString ??= _process.StartAsync();
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
