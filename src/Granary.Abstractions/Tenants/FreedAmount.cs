namespace Granary.Tenants;

/// <summary>An amount that stops counting.</summary>
/// <param name="In">From now.</param>
/// <param name="Amount">How much.</param>
[GenerateSerializer, Immutable, Alias("granary.tenant.freed")]
public sealed record FreedAmount([property: Id(0)] TimeSpan In, [property: Id(1)] long Amount);
