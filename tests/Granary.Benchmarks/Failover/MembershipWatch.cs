using Npgsql;

namespace Granary.Benchmarks.Failover;

/// <summary>Looks into the membership table, so that nobody has to be asked who may be dead himself.</summary>
internal sealed class MembershipWatch : IAsyncDisposable
{
    private const int Active = 3; // SiloStatus of the table's rows
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);
    private readonly NpgsqlDataSource _database;

    private MembershipWatch(NpgsqlDataSource database) => _database = database;

    public static async Task<MembershipWatch> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var watch = new MembershipWatch(NpgsqlDataSource.Create(connectionString));
        await watch.CountActiveAsync("", cancellationToken);
        return watch;
    }

    /// <summary>Ends when no incarnation of the silo is active any more.</summary>
    /// <returns>The timestamp.</returns>
    public async Task<long> UntilDeadAsync(string silo, CancellationToken cancellationToken)
    {
        while (await CountActiveAsync(silo, cancellationToken) > 0)
        {
            await Task.Delay(Interval, cancellationToken);
        }

        return TimeProvider.System.GetTimestamp();
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<long> CountActiveAsync(string silo, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand("select count(*) from orleansmembershiptable where siloname = $1 and status = $2");
        command.Parameters.AddWithValue(silo);
        command.Parameters.AddWithValue(Active);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
