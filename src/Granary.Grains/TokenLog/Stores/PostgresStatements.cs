namespace Granary.TokenLog.Stores;

/// <summary>The statements of <see cref="PostgresTokenLogStore"/>; parameters are named as they are there.</summary>
internal static class PostgresStatements
{
    private const string One = "Service = @service AND Owner = @owner AND Turn = @turn";

    /// <summary>Waits for commits that hold the row, and fences those that come after it.</summary>
    public const string Open = """
        INSERT INTO GranaryTurn (Service, Owner, Turn, Epoch, Silo, Request) VALUES (@service, @owner, @turn, 1, @silo, @request)
        ON CONFLICT (Service, Owner, Turn) DO UPDATE SET Epoch = GranaryTurn.Epoch + 1, Silo = EXCLUDED.Silo
        """;

    public const string Read = $"""
        SELECT Epoch, Request, Closed, coalesce(Records, (SELECT string_agg(r.Data, ''::bytea ORDER BY r.Record) FROM GranaryTurnRecord r WHERE r.Turn = t.Id), ''::bytea)
        FROM GranaryTurn t WHERE {One}
        """;

    /// <summary>
    /// The share lock lets commits of other silos pass, and none of them pass an <see cref="Open"/> of the same turn: whichever comes second sees the other's work.
    /// A turn's part is written where the record before it is there.
    /// </summary>
    public const string Commit = """
        WITH held AS MATERIALIZED (
            SELECT t.Id, g.Place, g.First = 0 OR EXISTS (SELECT FROM GranaryTurnRecord r WHERE r.Turn = t.Id AND r.Record = g.First - 1) AS Follows
            FROM unnest(@owners, @turns, @epochs, @firsts) WITH ORDINALITY AS g (Owner, Turn, Epoch, First, Place)
            JOIN GranaryTurn t ON t.Service = @service AND t.Owner = g.Owner AND t.Turn = g.Turn
            WHERE t.Epoch = g.Epoch AND NOT t.Closed
            ORDER BY t.Id
            FOR SHARE OF t),
        written AS (
            INSERT INTO GranaryTurnRecord (Turn, Record, Data)
            SELECT h.Id, r.Record, r.Data FROM unnest(@places, @records, @data) AS r (Place, Record, Data) JOIN held h ON h.Place = r.Place AND h.Follows
            ON CONFLICT DO NOTHING)
        SELECT Place, Follows, current_setting('synchronous_standby_names') FROM held
        """;

    public const string Close = $"UPDATE GranaryTurn SET Closed = true, Expires = now() + @keep WHERE {One} AND Epoch = @epoch";

    /// <summary>After <see cref="Close"/>, in its transaction: its row lock has ended all commits.</summary>
    public const string Compact = $"""
        WITH gone AS (
            DELETE FROM GranaryTurnRecord r USING GranaryTurn t WHERE r.Turn = t.Id AND t.Service = @service AND t.Owner = @owner AND t.Turn = @turn AND t.Epoch = @epoch
            RETURNING r.Record, r.Data)
        UPDATE GranaryTurn SET Records = coalesce(Records, ''::bytea) || coalesce((SELECT string_agg(Data, ''::bytea ORDER BY Record) FROM gone), ''::bytea)
        WHERE {One} AND Epoch = @epoch
        """;

    public const string Lock = "SELECT 1 FROM GranaryTurn WHERE Service = @service AND Owner = @owner FOR UPDATE";

    /// <summary>After <see cref="Lock"/>, in its transaction.</summary>
    public const string Delete = """
        WITH gone AS (DELETE FROM GranaryTurn WHERE Service = @service AND Owner = @owner RETURNING Id)
        DELETE FROM GranaryTurnRecord r USING gone WHERE r.Turn = gone.Id
        """;

    public const string ListOpen = "SELECT Owner, Turn, Silo FROM GranaryTurn WHERE Service = @service AND NOT Closed";

    public const string Expire = "DELETE FROM GranaryTurn WHERE Expires <= now()";
}
