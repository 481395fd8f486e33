namespace Orleans.Runtime;

internal enum ActivationState
{
    /// <summary>Being registered, constructed, filled and told so; requests wait.</summary>
    Creating,

    /// <summary>Runs requests.</summary>
    Valid,

    /// <summary>Being told that it ends; requests wait to be sent elsewhere.</summary>
    Deactivating,

    /// <summary>Ended; requests are sent elsewhere at once.</summary>
    Invalid,
}
