namespace Granary.Storage;

/// <summary>Where a SQLite grain store keeps its file.</summary>
public sealed class SqliteGrainStorageOptions
{
    /// <value>Path of the database file; its folder is created. Default <c>.granary/data/granary.db</c>.</value>
    public string Path { get; set; } = ".granary/data/granary.db";
}
