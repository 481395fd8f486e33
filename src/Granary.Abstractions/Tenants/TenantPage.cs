namespace Granary.Tenants;

/// <summary>Some of the tenants.</summary>
/// <param name="Tenants">Their ids.</param>
/// <param name="Total">How many there are in all.</param>
[GenerateSerializer, Immutable, Alias("granary.tenants.page")]
public sealed record TenantPage([property: Id(0)] string[] Tenants, [property: Id(1)] int Total);
