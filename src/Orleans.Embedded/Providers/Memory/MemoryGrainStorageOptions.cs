namespace Orleans.Configuration;

/// <summary>Grain state in the memory of the cluster.</summary>
public class MemoryGrainStorageOptions
{
    /// <summary>Over how many grains the records are spread. Default 10.</summary>
    public int NumStorageGrains { get; set; } = 10;
}
