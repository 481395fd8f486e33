namespace Orleans.Configuration;

/// <summary>Grain state in a database.</summary>
public class AdoNetGrainStorageOptions
{
    /// <summary>How to reach the database, which has Orleans' tables.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The ADO.NET provider; this engine knows <c>Npgsql</c>.</summary>
    public string Invariant { get; set; } = null!;

    /// <summary>Whether clearing removes the row. Default <see langword="false"/>: an empty row keeps its version.</summary>
    public bool DeleteStateOnClear { get; set; }
}
