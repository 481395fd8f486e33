namespace Orleans;

/// <summary>Why an activation ends.</summary>
public enum DeactivationReasonCode : byte
{
    /// <summary>Not said.</summary>
    None,

    /// <summary>The silo stops.</summary>
    ShuttingDown,

    /// <summary>The activation never came up.</summary>
    ActivationFailed,

    /// <summary>The directory could not register it.</summary>
    DirectoryFailure,

    /// <summary>Nobody called for the collection age.</summary>
    ActivationIdle,

    /// <summary>A request has been running for too long.</summary>
    ActivationUnresponsive,

    /// <summary>Another activation of the grain won.</summary>
    DuplicateActivation,

    /// <summary>Kept for Orleans' numbering.</summary>
    IncompatibleRequest,

    /// <summary>The grain's own code failed in a way that ends it, for example on a storage conflict.</summary>
    ApplicationError,

    /// <summary>The grain asked for it.</summary>
    ApplicationRequested,

    /// <summary>It goes on at another silo.</summary>
    Migrating,

    /// <summary>The runtime decided.</summary>
    RuntimeRequested,

    /// <summary>Kept for Orleans' numbering.</summary>
    HighMemoryPressure,
}
