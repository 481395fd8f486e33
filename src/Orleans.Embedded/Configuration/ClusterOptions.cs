namespace Orleans.Configuration;

/// <summary>Which cluster a silo belongs to.</summary>
public class ClusterOptions
{
    /// <summary>The cluster: silos with the same id find one another. Default "default".</summary>
    public string ClusterId { get; set; } = "default";

    /// <summary>The service: outlives clusters, names stored state. Default "default".</summary>
    public string ServiceId { get; set; } = "default";
}
