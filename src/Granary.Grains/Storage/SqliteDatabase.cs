using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Granary.Storage;

/// <summary>
/// One database file. A single writer takes writes from a channel and commits all that wait in one transaction, so that one fsync serves many grains and
/// turns; readers have connections of their own and, by write-ahead logging, never wait for the writer.
/// </summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    private const int MaxBatch = 256;

    private readonly Channel<SqliteWrite> _writes = Channel.CreateUnbounded<SqliteWrite>(new UnboundedChannelOptions { SingleReader = true });
    private readonly string _connectionString;
    private readonly Task _writer;
    private SqliteSession? _session;

    /// <summary>Opens the file, creating it and its folder if need be.</summary>
    /// <exception cref="SqliteException">The file cannot be opened or is no database.</exception>
    public SqliteDatabase(string path)
    {
        var file = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        _connectionString = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 5 }.ToString();
        using (var session = Open())
        {
            // synchronous = FULL, SQLite's default: what was acknowledged survives a power cut, not only a crash.
            session.Execute("PRAGMA journal_mode = WAL");
            foreach (var statement in SqliteSchema.Statements)
            {
                session.Execute(statement);
            }
        }

        _writer = Task.Factory.StartNew(WriteAllAsync, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default).Unwrap();
    }

    /// <summary>A connection for reading.</summary>
    public SqliteSession Open() => new(_connectionString);

    /// <summary>The row with this key, if there is one.</summary>
    public (long Version, byte[] Data)? Read(SqliteKey key)
    {
        using var session = Open();
        using var reader = session.Query("SELECT version, data FROM grain_state WHERE store = $store AND state = $state AND grain = $grain", key.Parameters);
        return reader.Read() ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    /// <summary>Ends when the write is on disk, or had no effect.</summary>
    public Task WriteAsync(SqliteWrite write)
    {
        ObjectDisposedException.ThrowIf(!_writes.Writer.TryWrite(write), this);
        return write.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _writer;
        _session?.Dispose();
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    private async Task WriteAllAsync()
    {
        var batch = new List<SqliteWrite>(MaxBatch);
        while (await _writes.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _writes.Reader.TryRead(out var write))
            {
                batch.Add(write);
            }

            try
            {
                Commit(batch);
                batch.ForEach(static write => write.Done.TrySetResult());
            }
            catch (Exception exception)
            {
                _session?.Dispose();
                _session = null;
                batch.ForEach(write => write.Done.TrySetException(exception));
            }
        }
    }

    private void Commit(List<SqliteWrite> batch)
    {
        _session ??= Open();
        _session.Transact("BEGIN IMMEDIATE", session => batch.ForEach(write => write.Apply(session)));
    }
}
