namespace Granary.Storage;

/// <summary>One write on its way to the writer.</summary>
/// <param name="Key">The row.</param>
/// <param name="Expected">Version that the row must have; 0 if there must be none.</param>
/// <param name="Data">The new state; <see langword="null"/> deletes the row.</param>
internal sealed record SqliteChange(SqliteKey Key, long Expected, byte[]? Data)
{
    /// <summary>Ends when the change is committed, or was refused because of its version.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Set by the writer: version that the row had, 0 for none. If it is not <see cref="Expected"/>, nothing was changed.</summary>
    public long? StoredVersion { get; set; }
}
