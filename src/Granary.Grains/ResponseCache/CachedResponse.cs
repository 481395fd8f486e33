using Granary.Serving;
using Granary.Tenants;

namespace Granary.ResponseCache;

/// <summary>An answer that was at hand.</summary>
/// <param name="Outputs">All outputs, one frame each.</param>
/// <param name="Rates">How far the tenant is from its limits, the request counted; <see langword="null"/> where it has none.</param>
public sealed record CachedResponse(TokenFrame[] Outputs, RateLimits? Rates);
