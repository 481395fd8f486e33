using Granary.Tenants;

namespace Granary.ResponseCache;

/// <summary>What an answer is kept under.</summary>
/// <param name="Hash">Of tenant, model version, limits of length (the tenant's and the replicas') and the whole request.</param>
/// <param name="Fingerprint">The model version: an answer that another one gave is not kept.</param>
/// <param name="Limits">The tenant's limits that are in it.</param>
public sealed record ResponseKey(string Hash, string Fingerprint, TenantLimits Limits);
