namespace Granary.Storage;

/// <summary>Key of a row.</summary>
internal readonly record struct SqliteKey(string Store, string State, string Grain)
{
    public (string Name, object? Value)[] Parameters => [("$store", Store), ("$state", State), ("$grain", Grain)];
}
