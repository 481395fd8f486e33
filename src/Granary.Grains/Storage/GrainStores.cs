namespace Granary.Storage;

/// <summary>Names of the grain stores, as <c>[PersistentState]</c> gives them.</summary>
public static class GrainStores
{
    /// <summary>Conversations and their lists.</summary>
    public const string Sessions = "sessions";

    /// <summary>The provider behind <see cref="Sessions"/>, whose failures have no code yet.</summary>
    internal const string Inner = "sessions-inner";
}
