namespace Orleans.Runtime;

/// <summary>The life of a silo as the membership table knows it. The numbers are the table's.</summary>
public enum SiloStatus
{
    /// <summary>Unknown.</summary>
    None = 0,

    /// <summary>Being made.</summary>
    Created = 1,

    /// <summary>Connecting to the others.</summary>
    Joining = 2,

    /// <summary>Takes calls.</summary>
    Active = 3,

    /// <summary>Leaves in good order.</summary>
    ShuttingDown = 4,

    /// <summary>Leaves at once.</summary>
    Stopping = 5,

    /// <summary>Gone; never comes back under this generation.</summary>
    Dead = 6,
}
