using Npgsql;
using NpgsqlTypes;

namespace Granary.TokenLog.Stores;

/// <summary>A connection with the prepared commit. After a failure it is worth nothing any more.</summary>
internal sealed class PostgresCommit : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _command;
    private readonly bool _replicated;
    private bool _waitGivenUp;

    private PostgresCommit(NpgsqlConnection connection, string service, bool replicated)
    {
        (_connection, _replicated) = (connection, replicated);
        // 'canceling the wait for synchronous replication': the server says committed all the same.
        connection.Notice += (_, notice) => _waitGivenUp |= notice.Notice.SqlState is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.AdminShutdown;
        _command = new NpgsqlCommand(PostgresStatements.Commit, connection);
        _command.Parameters.Add(new NpgsqlParameter<string>("service", service));
        Add("owners", NpgsqlDbType.Text);
        Add("turns", NpgsqlDbType.Integer);
        Add("epochs", NpgsqlDbType.Bigint);
        Add("firsts", NpgsqlDbType.Integer);
        Add("places", NpgsqlDbType.Bigint);
        Add("records", NpgsqlDbType.Integer);
        Add("data", NpgsqlDbType.Bytea);
    }

    public static async Task<PostgresCommit> CreateAsync(NpgsqlDataSource source, string service, bool replicated, CancellationToken cancellationToken)
    {
        var commit = new PostgresCommit(await source.OpenConnectionAsync(cancellationToken), service, replicated);
        try
        {
            await commit._command.PrepareAsync(cancellationToken);
            return commit;
        }
        catch
        {
            await commit.DisposeAsync();
            throw;
        }
    }

    public async Task ExecuteAsync(IReadOnlyList<TurnAppend> appends, CancellationToken cancellationToken)
    {
        Fill(appends);
        foreach (var append in appends)
        {
            append.Outcome = AppendOutcome.Fenced;
        }

        await using (var reader = await _command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                appends[(int)reader.GetInt64(0) - 1].Outcome = reader.GetBoolean(1) ? AppendOutcome.Written : AppendOutcome.Lost;
                if (_replicated && reader.GetString(2).Length == 0)
                {
                    throw new InvalidOperationException("Mode replicated needs a synchronous standby: PostgreSQL's synchronous_standby_names is empty.");
                }
            }
        }

        // A reader that is cancelled while it closes says nothing, and may have missed the warning: what was not waited for to the end is no answer.
        cancellationToken.ThrowIfCancellationRequested();
        if (_replicated && _waitGivenUp)
        {
            throw new InvalidOperationException("PostgreSQL gave up waiting for its synchronous standby.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _command.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private void Add(string name, NpgsqlDbType element) => _command.Parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | element));

    private void Fill(IReadOnlyList<TurnAppend> appends)
    {
        var count = appends.Sum(append => append.Records.Count);
        var (owners, turns, epochs, firsts) = (new string[appends.Count], new int[appends.Count], new long[appends.Count], new int[appends.Count]);
        var (places, records, data) = (new long[count], new int[count], new byte[count][]);
        var at = 0;
        for (var i = 0; i < appends.Count; i++)
        {
            var append = appends[i];
            (owners[i], turns[i], epochs[i], firsts[i]) = (append.Lease.Turn.Owner, append.Lease.Turn.Turn, append.Lease.Epoch, append.First);
            for (var j = 0; j < append.Records.Count; j++, at++)
            {
                (places[at], records[at], data[at]) = (i + 1, append.First + j, append.Records[j]); // places count from 1, as ordinality does
            }
        }

        object[] values = [owners, turns, epochs, firsts, places, records, data];
        for (var i = 0; i < values.Length; i++)
        {
            _command.Parameters[i + 1].Value = values[i];
        }
    }
}
