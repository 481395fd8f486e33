namespace Granary.Tenants;

/// <summary>Up to where alerts of a limit were raised.</summary>
/// <param name="Period">The day or the month, as <see cref="QuotaKind"/> counts them.</param>
/// <param name="Percent">The highest part of the limit that was told; 0 for none.</param>
/// <param name="Limit">The limit that it was a part of.</param>
[GenerateSerializer, Immutable, Alias("granary.tenant.alert.mark")]
public sealed record AlertMark([property: Id(0)] int Period, [property: Id(1)] int Percent, [property: Id(2)] long Limit);
