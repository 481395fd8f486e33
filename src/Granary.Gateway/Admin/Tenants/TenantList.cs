using Granary.Tenants;

namespace Granary.Gateway.Admin.Tenants;

/// <summary>Some of the tenants, and how many there are in all.</summary>
internal sealed record TenantList(IReadOnlyList<TenantStatus> Tenants, int Total);
