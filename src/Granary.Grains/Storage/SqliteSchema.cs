namespace Granary.Storage;

/// <summary>The tables of a database file, created where they are missing.</summary>
internal static class SqliteSchema
{
    public static readonly string[] Statements =
    [
        """
        CREATE TABLE IF NOT EXISTS grain_state (
            store TEXT NOT NULL, state TEXT NOT NULL, grain TEXT NOT NULL, version INTEGER NOT NULL, data BLOB NOT NULL,
            PRIMARY KEY (store, state, grain)) WITHOUT ROWID
        """,
        // records: all of them, once the turn is closed. expires: milliseconds since 1970.
        """
        CREATE TABLE IF NOT EXISTS turn (
            owner TEXT NOT NULL, turn INTEGER NOT NULL, epoch INTEGER NOT NULL, silo TEXT NOT NULL, request BLOB, records BLOB,
            closed INTEGER NOT NULL DEFAULT 0, expires INTEGER, PRIMARY KEY (owner, turn))
        """,
        "CREATE INDEX IF NOT EXISTS turn_open ON turn (owner, turn, silo) WHERE closed = 0",
        "CREATE INDEX IF NOT EXISTS turn_expires ON turn (expires) WHERE expires IS NOT NULL",
        """
        CREATE TABLE IF NOT EXISTS turn_record (
            owner TEXT NOT NULL, turn INTEGER NOT NULL, record INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (owner, turn, record)) WITHOUT ROWID
        """,
    ];
}
