[assembly: AssemblyFixture(typeof(Granary.Conformance.Support.PostgresServer))]

namespace Granary.Conformance.Support;

/// <summary>A PostgreSQL server for the test run, started by the first test that asks.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly PostgresProcess _process = new();
    private Task<string>? _connectionString;

    /// <summary>The connection string; skips the test where PostgreSQL is not installed.</summary>
    public Task<string> GetConnectionStringAsync()
    {
        Assert.SkipUnless(PostgresProcess.IsInstalled, "PostgreSQL is not installed.");
        lock (_process)
        {
            return _connectionString ??= _process.StartAsync();
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
