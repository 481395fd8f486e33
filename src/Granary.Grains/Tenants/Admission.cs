namespace Granary.Tenants;

/// <summary>A request was let in.</summary>
/// <param name="Reservation">To be kept with the turn.</param>
/// <param name="Rates">How far the tenant is from its limits now; <see langword="null"/> where it has none.</param>
/// <param name="Limits">The limits that held when it was.</param>
internal sealed record Admission(Reservation Reservation, RateLimits? Rates, TenantLimits Limits);
