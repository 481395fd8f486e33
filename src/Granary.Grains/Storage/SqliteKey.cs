namespace Granary.Storage;

/// <summary>Key of a row.</summary>
internal readonly record struct SqliteKey(string Store, string State, string Grain);
