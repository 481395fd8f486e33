[assembly: AssemblyFixture(typeof(Granary.Conformance.Support.PostgresServer))]

namespace Granary.Conformance.Support;

/// <summary>A PostgreSQL server for the test run, started by the first test that asks.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly PostgresProcess _process = new();
    private readonly Lazy<Task<string>> _connectionString;

    public PostgresServer() => _connectionString = new Lazy<Task<string>>(_process.StartAsync);

    /// <summary>The connection string; skips the test where PostgreSQL is not installed.</summary>
    public Task<string> GetConnectionStringAsync()
    {
        Assert.SkipUnless(PostgresProcess.IsInstalled, "PostgreSQL is not installed.");
        return _connectionString.Value;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
