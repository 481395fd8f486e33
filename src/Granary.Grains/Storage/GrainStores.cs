namespace Granary.Storage;

/// <summary>Names of the grain stores, as <c>[PersistentState]</c> gives them.</summary>
public static class GrainStores
{
    /// <summary>Conversations and their lists.</summary>
    public const string Sessions = "sessions";
}
