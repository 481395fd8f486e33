namespace Granary.Identity;

/// <summary>What a key may be used for.</summary>
[Flags]
public enum KeyScopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Models, completions and conversations.</summary>
    Chat = 1,

    /// <summary>What its role may administer.</summary>
    Admin = 2,

    /// <summary>The cluster's state and figures.</summary>
    Metrics = 4,

    /// <summary>Everything.</summary>
    All = Chat | Admin | Metrics,
}
