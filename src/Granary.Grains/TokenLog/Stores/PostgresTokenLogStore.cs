using Granary.Clustering;
using Npgsql;
using NpgsqlTypes;

namespace Granary.TokenLog.Stores;

/// <summary>Turns in PostgreSQL. A commit is one statement, prepared once, over a connection of its own.</summary>
internal sealed class PostgresTokenLogStore : ITokenLogStore
{
    private readonly SemaphoreSlim _preparing = new(1);
    private readonly string _connectionString;
    private readonly string _service;
    private readonly bool _replicated;
    private readonly NpgsqlDataSource _source;
    private volatile bool _prepared;
    private PostgresCommit? _commit;

    public PostgresTokenLogStore(string connectionString, string service, TokenLogOptions options)
    {
        (_connectionString, _service, _replicated) = (connectionString, service, options.Mode == TokenLogMode.Replicated);
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        // local: this server's disk alone, whatever standbys are configured; on: the synchronous standbys' disks too.
        var commit = options.Mode switch { TokenLogMode.Replicated => "on", TokenLogMode.Async => "off", _ => "local" };
        settings.Options = $"{settings.Options} -c synchronous_commit={commit}".Trim();
        // No answer is waited for after a cancellation: of a commit that waited for a standby it would be 'committed'.
        settings.CancellationTimeout = -1;
        settings.CommandTimeout = 0;
        settings.ApplicationName ??= "granary token log";
        _source = NpgsqlDataSource.Create(settings);
    }

    public async Task<StoredTurn> OpenAsync(TurnKey turn, string silo, byte[]? request, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        await using var batch = _source.CreateBatch();
        batch.BatchCommands.Add(Statement(
            PostgresStatements.Open, [.. One(turn), new("silo", silo), new("request", NpgsqlDbType.Bytea) { Value = request ?? (object)DBNull.Value }]));
        batch.BatchCommands.Add(Statement(PostgresStatements.Read, One(turn)));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await ReadOneAsync(reader, cancellationToken) ?? throw new InvalidOperationException("A turn was deleted while it was opened.");
    }

    public async Task CommitAsync(IReadOnlyList<TurnAppend> appends, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        try
        {
            _commit ??= await PostgresCommit.CreateAsync(_source, _service, _replicated, cancellationToken);
            await _commit.ExecuteAsync(appends, cancellationToken);
        }
        catch
        {
            if (_commit is { } broken)
            {
                _commit = null;
                await broken.DisposeAsync();
            }

            throw;
        }
    }

    public async Task<bool[]> CloseAsync(IReadOnlyList<TurnClosing> turns, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        await using var batch = _source.CreateBatch();
        var closes = new NpgsqlBatchCommand[turns.Count];
        foreach (var (i, (lease, keep)) in turns.Index().OrderBy(static turn => turn.Item.Lease.Turn.Owner, StringComparer.Ordinal).ThenBy(static turn => turn.Item.Lease.Turn.Turn))
        {
            NpgsqlParameter[] One() => [.. this.One(lease.Turn), new("epoch", lease.Epoch)];
            closes[i] = Statement(PostgresStatements.Close, [.. One(), new("keep", NpgsqlDbType.Interval) { Value = keep ?? (object)DBNull.Value }]);
            batch.BatchCommands.Add(closes[i]);
            batch.BatchCommands.Add(Statement(PostgresStatements.Compact, One()));
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        return [.. closes.Select(static close => close.Rows == 1)];
    }

    public async Task<StoredTurn?> ReadAsync(TurnKey turn, CancellationToken cancellationToken)
    {
        await using var reader = await ExecuteAsync(PostgresStatements.Read, One(turn), cancellationToken);
        return await ReadOneAsync(reader, cancellationToken);
    }

    public async Task DeleteAsync(string owner, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        await using var batch = _source.CreateBatch();
        batch.BatchCommands.Add(Statement(PostgresStatements.Lock, [new("service", _service), new("owner", owner)]));
        batch.BatchCommands.Add(Statement(PostgresStatements.Delete, [new("service", _service), new("owner", owner)]));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<OpenTurn>> ListOpenAsync(CancellationToken cancellationToken)
    {
        await using var reader = await ExecuteAsync(PostgresStatements.ListOpen, [new("service", _service)], cancellationToken);
        var open = new List<OpenTurn>();
        while (await reader.ReadAsync(cancellationToken))
        {
            open.Add(new OpenTurn(new TurnKey(reader.GetString(0), reader.GetInt32(1)), reader.GetString(2)));
        }

        return open;
    }

    public async Task ExpireAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        await using var command = _source.CreateCommand(PostgresStatements.Expire);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_commit is { } commit)
        {
            await commit.DisposeAsync();
        }

        await _source.DisposeAsync();
        _preparing.Dispose();
    }

    /// <summary>Creates the tables where they are missing; clustering may use another database.</summary>
    private async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        if (_prepared)
        {
            return;
        }

        await _preparing.WaitAsync(cancellationToken);
        try
        {
            if (!_prepared)
            {
                await PostgresSchema.EnsureAsync(_connectionString, cancellationToken);
                _prepared = true;
            }
        }
        finally
        {
            _preparing.Release();
        }
    }

    private async Task<NpgsqlDataReader> ExecuteAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        var command = _source.CreateCommand(sql); // of a data source: it takes its connection from the pool, and the reader gives it back
        command.Parameters.AddRange(parameters);
        return await command.ExecuteReaderAsync(cancellationToken);
    }

    private NpgsqlParameter[] One(TurnKey turn) => [new("service", _service), new("owner", turn.Owner), new("turn", turn.Turn)];

    private static NpgsqlBatchCommand Statement(string sql, NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static async Task<StoredTurn?> ReadOneAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var request = await reader.IsDBNullAsync(1, cancellationToken) ? null : await reader.GetFieldValueAsync<byte[]>(1, cancellationToken);
        return new StoredTurn(reader.GetInt64(0), request, await reader.GetFieldValueAsync<byte[]>(3, cancellationToken), reader.GetBoolean(2));
    }
}
