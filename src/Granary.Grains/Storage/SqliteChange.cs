namespace Granary.Storage;

/// <summary>A change of one grain's state.</summary>
/// <param name="key">The row.</param>
/// <param name="expected">Version that the row must have; 0 if there must be none.</param>
/// <param name="data">The new state; <see langword="null"/> deletes the row.</param>
internal sealed class SqliteChange(SqliteKey key, long expected, byte[]? data) : SqliteWrite
{
    public long Expected => expected;

    /// <summary>Version that the row had, 0 for none. If it is not <see cref="Expected"/>, nothing was changed.</summary>
    public long? StoredVersion { get; private set; }

    public override void Apply(SqliteSession session)
    {
        StoredVersion = session.Scalar("SELECT version FROM grain_state WHERE store = $store AND state = $state AND grain = $grain", [.. key.Parameters]) as long? ?? 0;
        if (StoredVersion != expected)
        {
            return;
        }

        if (data is null)
        {
            session.Execute("DELETE FROM grain_state WHERE store = $store AND state = $state AND grain = $grain", [.. key.Parameters]);
        }
        else
        {
            session.Execute(
                "INSERT OR REPLACE INTO grain_state (store, state, grain, version, data) VALUES ($store, $state, $grain, $version, $data)",
                [.. key.Parameters, ("$version", expected + 1), ("$data", data)]);
        }
    }
}
