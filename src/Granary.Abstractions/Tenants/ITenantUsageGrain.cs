using System.Globalization;

namespace Granary.Tenants;

/// <summary>A tenant's usage of one day (key: <see cref="KeyOf"/>).</summary>
[Alias("granary.tenant.usage.day")]
public interface ITenantUsageGrain : IGrainWithStringKey
{
    /// <summary>The key of a tenant's day.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="day">Days since 1970.</param>
    static string KeyOf(string tenant, int day) => $"{tenant}/{NameOf(day)}";

    /// <summary>A day as yyyy-MM-dd.</summary>
    static string NameOf(int day) => DateTime.UnixEpoch.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Adds what turns have used, each turn once; on return it is stored.</summary>
    /// <param name="records">Of this day.</param>
    /// <param name="closed">Turns that were recorded before and can never come again.</param>
    /// <returns>For each record whether nobody else had told of its turn before; a settlement that tells again hears the same again.</returns>
    /// <exception cref="Errors.GranaryException"><c>store_unavailable</c>: nothing was added.</exception>
    [Alias("Add")]
    Task<bool[]> AddAsync(UsageRecord[] records, string[] closed);

    /// <summary>The day's usage, by key and model.</summary>
    [Alias("Get")]
    Task<UsageRow[]> GetAsync();
}
