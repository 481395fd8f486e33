namespace Orleans.Configuration;

/// <summary>Membership in a database.</summary>
public class AdoNetClusteringSiloOptions
{
    /// <summary>How to reach the database, which has Orleans' tables.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The ADO.NET provider; this engine knows <c>Npgsql</c>.</summary>
    public string Invariant { get; set; } = null!;
}
