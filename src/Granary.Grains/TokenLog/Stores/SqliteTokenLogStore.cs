using Granary.Storage;

namespace Granary.TokenLog.Stores;

/// <summary>Turns in the SQLite file of the grain stores: tokens and grain states that wait at the same time share a transaction and its fsync.</summary>
internal sealed class SqliteTokenLogStore(SqliteDatabase database, TimeProvider timeProvider) : ITokenLogStore
{
    public async Task<StoredTurn> OpenAsync(TurnKey turn, string silo, byte[]? request, CancellationToken cancellationToken)
    {
        StoredTurn? opened = null;
        await WriteAsync(
            session =>
            {
                session.Execute(
                    """
                    INSERT INTO turn (owner, turn, epoch, silo, request) VALUES ($owner, $turn, 1, $silo, $request)
                    ON CONFLICT (owner, turn) DO UPDATE SET epoch = epoch + 1, silo = excluded.silo
                    """,
                    [.. Key(turn), ("$silo", silo), ("$request", request)]);
                opened = Find(session, turn);
            },
            cancellationToken);
        return opened!;
    }

    public Task CommitAsync(IReadOnlyList<TurnAppend> appends, CancellationToken cancellationToken) =>
        WriteAsync(
            session =>
            {
                foreach (var append in appends)
                {
                    append.Outcome = Append(session, append);
                }
            },
            cancellationToken);

    public async Task<bool[]> CloseAsync(IReadOnlyList<TurnClosing> turns, CancellationToken cancellationToken)
    {
        bool[] held = [];
        var now = timeProvider.GetUtcNow();
        await WriteAsync(session => held = [.. turns.Select(turn => Close(session, turn, now))], cancellationToken);
        return held;
    }

    public Task<StoredTurn?> ReadAsync(TurnKey turn, CancellationToken cancellationToken)
    {
        StoredTurn? found = null;
        using var session = database.Open();
        session.Transact("BEGIN", reading => found = Find(reading, turn));
        return Task.FromResult(found);
    }

    public Task DeleteAsync(string owner, CancellationToken cancellationToken) =>
        WriteAsync(
            session =>
            {
                session.Execute("DELETE FROM turn_record WHERE owner = $owner", ("$owner", owner));
                session.Execute("DELETE FROM turn WHERE owner = $owner", ("$owner", owner));
            },
            cancellationToken);

    public Task<IReadOnlyList<OpenTurn>> ListOpenAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<OpenTurn>>(ListOpen());

    public Task ExpireAsync(CancellationToken cancellationToken) =>
        WriteAsync(session => session.Execute("DELETE FROM turn WHERE expires <= $now", ("$now", timeProvider.GetUtcNow().ToUnixTimeMilliseconds())), cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task WriteAsync(Action<SqliteSession> apply, CancellationToken cancellationToken) => database.WriteAsync(new Write(apply)).WaitAsync(cancellationToken);

    private static bool Close(SqliteSession session, TurnClosing closing, DateTimeOffset now)
    {
        var (lease, keep) = closing;
        if (Find(session, lease.Turn) is not { } turn || turn.Epoch != lease.Epoch)
        {
            return false;
        }

        long? expires = keep is { } time ? (now + time).ToUnixTimeMilliseconds() : null;
        session.Execute("UPDATE turn SET closed = 1, records = $records, expires = $expires WHERE owner = $owner AND turn = $turn", [.. Key(lease.Turn), ("$records", turn.Records), ("$expires", expires)]);
        session.Execute("DELETE FROM turn_record WHERE owner = $owner AND turn = $turn", Key(lease.Turn));
        return true;
    }

    private static AppendOutcome Append(SqliteSession session, TurnAppend append)
    {
        var key = Key(append.Lease.Turn);
        if (session.Scalar("SELECT epoch FROM turn WHERE owner = $owner AND turn = $turn AND closed = 0", key) as long? != append.Lease.Epoch)
        {
            return AppendOutcome.Fenced;
        }

        if (append.First > 0 && session.Scalar("SELECT 1 FROM turn_record WHERE owner = $owner AND turn = $turn AND record = $before", [.. key, ("$before", append.First - 1)]) is null)
        {
            return AppendOutcome.Lost;
        }

        for (var i = 0; i < append.Records.Count; i++)
        {
            session.Execute(
                "INSERT OR IGNORE INTO turn_record (owner, turn, record, data) VALUES ($owner, $turn, $record, $data)",
                [.. key, ("$record", append.First + i), ("$data", append.Records[i])]);
        }

        return AppendOutcome.Written;
    }

    private static StoredTurn? Find(SqliteSession session, TurnKey turn)
    {
        var key = Key(turn);
        using var reader = session.Query("SELECT epoch, request, records, closed FROM turn WHERE owner = $owner AND turn = $turn", key);
        if (!reader.Read())
        {
            return null;
        }

        var request = reader.IsDBNull(1) ? null : reader.GetFieldValue<byte[]>(1);
        var records = reader.IsDBNull(2) ? Concatenate(session, key) : reader.GetFieldValue<byte[]>(2);
        return new StoredTurn(reader.GetInt64(0), request, records, reader.GetBoolean(3));
    }

    private static byte[] Concatenate(SqliteSession session, (string Name, object? Value)[] key)
    {
        using var records = new MemoryStream();
        using var reader = session.Query("SELECT data FROM turn_record WHERE owner = $owner AND turn = $turn ORDER BY record", key);
        while (reader.Read())
        {
            records.Write(reader.GetFieldValue<byte[]>(0));
        }

        return records.ToArray();
    }

    private static (string Name, object? Value)[] Key(TurnKey turn) => [("$owner", turn.Owner), ("$turn", turn.Turn)];

    private sealed class Write(Action<SqliteSession> apply) : SqliteWrite
    {
        public override void Apply(SqliteSession session) => apply(session);
    }

    private List<OpenTurn> ListOpen()
    {
        using var session = database.Open();
        using var reader = session.Query("SELECT owner, turn, silo FROM turn WHERE closed = 0");
        var open = new List<OpenTurn>();
        while (reader.Read())
        {
            open.Add(new OpenTurn(new TurnKey(reader.GetString(0), reader.GetInt32(1)), reader.GetString(2)));
        }

        return open;
    }
}
