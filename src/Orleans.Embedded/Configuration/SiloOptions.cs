namespace Orleans.Configuration;

/// <summary>What a silo is called.</summary>
public class SiloOptions
{
    /// <summary>The silo's name; made up when nothing is given.</summary>
    public string? SiloName { get; set; }
}
