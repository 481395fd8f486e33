namespace Orleans.Runtime.Persistence;

/// <summary>A state as its activation sees it.</summary>
internal interface IPersistentStateHolder : IGrainMigrationParticipant
{
    /// <summary>Reads it, unless it came along in a migration.</summary>
    Task LoadAsync();
}
