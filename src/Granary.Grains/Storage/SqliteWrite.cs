namespace Granary.Storage;

/// <summary>One write on its way to the writer of a <see cref="SqliteDatabase"/>.</summary>
internal abstract class SqliteWrite
{
    /// <summary>Ends when the write is on disk, or had no effect because of a condition of its own.</summary>
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs its statements inside the writer's transaction. If the commit fails, nothing of it happened.</summary>
    public abstract void Apply(SqliteSession session);
}
