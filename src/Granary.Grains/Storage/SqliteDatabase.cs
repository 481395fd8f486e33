using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Granary.Storage;

/// <summary>
/// One database file. A single writer takes changes from a channel and commits all that wait in one transaction, so that one fsync serves many grains;
/// readers have connections of their own and, by write-ahead logging, never wait for the writer.
/// </summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    private const int MaxBatch = 256;

    private readonly Channel<SqliteChange> _changes = Channel.CreateUnbounded<SqliteChange>(new UnboundedChannelOptions { SingleReader = true });
    private readonly string _connectionString;
    private readonly Task _writer;

    /// <summary>Opens the file, creating it and its folder if need be.</summary>
    /// <exception cref="SqliteException">The file cannot be opened or is no database.</exception>
    public SqliteDatabase(string path)
    {
        var file = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        _connectionString = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 5 }.ToString();
        using (var connection = Open())
        {
            // synchronous = FULL: what was acknowledged survives a power cut, not only a crash.
            Execute(connection, "PRAGMA journal_mode = WAL");
            Execute(connection, """
                CREATE TABLE IF NOT EXISTS grain_state (
                    store TEXT NOT NULL, state TEXT NOT NULL, grain TEXT NOT NULL, version INTEGER NOT NULL, data BLOB NOT NULL,
                    PRIMARY KEY (store, state, grain)) WITHOUT ROWID
                """);
        }

        _writer = Task.Factory.StartNew(WriteAllAsync, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default).Unwrap();
    }

    /// <summary>The row with this key, if there is one.</summary>
    public (long Version, byte[] Data)? Read(SqliteKey key)
    {
        using var connection = Open();
        using var command = Command(connection, null, "SELECT version, data FROM grain_state WHERE store = $store AND state = $state AND grain = $grain", key);
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    /// <summary>Ends when the change is on disk, or was refused; see <see cref="SqliteChange.StoredVersion"/>.</summary>
    public Task WriteAsync(SqliteChange change)
    {
        ObjectDisposedException.ThrowIf(!_changes.Writer.TryWrite(change), this);
        return change.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _changes.Writer.TryComplete();
        await _writer;
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    private async Task WriteAllAsync()
    {
        var batch = new List<SqliteChange>(MaxBatch);
        while (await _changes.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _changes.Reader.TryRead(out var change))
            {
                batch.Add(change);
            }

            try
            {
                Commit(batch);
                batch.ForEach(static change => change.Done.TrySetResult());
            }
            catch (Exception exception)
            {
                batch.ForEach(change => change.Done.TrySetException(exception));
            }
        }
    }

    private void Commit(List<SqliteChange> batch)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        foreach (var change in batch)
        {
            using var read = Command(connection, transaction, "SELECT version FROM grain_state WHERE store = $store AND state = $state AND grain = $grain", change.Key);
            change.StoredVersion = read.ExecuteScalar() is long version ? version : 0;
            if (change.StoredVersion == change.Expected)
            {
                Apply(connection, transaction, change);
            }
        }

        transaction.Commit();
    }

    private static void Apply(SqliteConnection connection, SqliteTransaction transaction, SqliteChange change)
    {
        using var command = Command(connection, transaction, change.Data is null
            ? "DELETE FROM grain_state WHERE store = $store AND state = $state AND grain = $grain"
            : "INSERT OR REPLACE INTO grain_state (store, state, grain, version, data) VALUES ($store, $state, $grain, $version, $data)", change.Key);
        if (change.Data is not null)
        {
            command.Parameters.AddWithValue("$version", change.Expected + 1);
            command.Parameters.AddWithValue("$data", change.Data);
        }

        command.ExecuteNonQuery();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection connection, SqliteTransaction? transaction, string sql, SqliteKey key)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.Parameters.AddWithValue("$store", key.Store);
        command.Parameters.AddWithValue("$state", key.State);
        command.Parameters.AddWithValue("$grain", key.Grain);
        return command;
    }
}
