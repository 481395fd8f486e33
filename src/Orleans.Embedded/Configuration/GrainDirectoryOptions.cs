namespace Orleans.Configuration;

/// <summary>How grains are found.</summary>
public class GrainDirectoryOptions
{
    /// <summary>Addresses that a silo remembers. Default 1,000,000.</summary>
    public int CacheSize { get; set; } = 1_000_000;

    /// <summary>Kept for Orleans' shape; ranges are recovered from the survivors at once here.</summary>
    public TimeSpan RangeLeaseDuration { get; set; } = TimeSpan.FromSeconds(30);
}
