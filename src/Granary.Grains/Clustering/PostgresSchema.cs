using Npgsql;

namespace Granary.Clustering;

/// <summary>Creates the tables and statements that Orleans' PostgreSQL clustering and storage and the token log need, where they are missing.</summary>
/// <remarks>Table layout, statement keys, parameters and result columns are those of Orleans 10; either engine works over them.</remarks>
internal static class PostgresSchema
{
    // Any number, the same for every silo.
    private const long LockKey = 0x6772616e617279;

    private static readonly string[] Scripts = ["1-queries.sql", "2-clustering.sql", "3-storage.sql", "4-token-log.sql"];

    /// <summary>Applies the scripts in one transaction; silos that start together wait for each other. Repeating it changes nothing.</summary>
    /// <exception cref="NpgsqlException">The server is away, or the user may not create tables.</exception>
    public static async Task EnsureAsync(string connectionString, CancellationToken cancellationToken = default)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // IF NOT EXISTS alone still races inside PostgreSQL's catalogue.
        await ExecuteAsync(connection, $"SET LOCAL client_min_messages = warning; SELECT pg_advisory_xact_lock({LockKey})", cancellationToken);
        foreach (var script in Scripts)
        {
            await ExecuteAsync(connection, await ReadAsync(script, cancellationToken), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<string> ReadAsync(string script, CancellationToken cancellationToken)
    {
        await using var stream = typeof(PostgresSchema).Assembly.GetManifestResourceStream($"postgres/{script}")
            ?? throw new InvalidOperationException($"The script {script} is not embedded in this assembly.");
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
