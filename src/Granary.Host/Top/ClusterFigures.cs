namespace Granary.Host.Top;

/// <summary>All live silos at one moment.</summary>
/// <param name="At">When, as <see cref="TimeProvider.GetTimestamp"/> gives it.</param>
/// <param name="Silos">Those whose gateways answered, and those that did not, with <see langword="null"/>.</param>
internal sealed record ClusterFigures(long At, IReadOnlyList<(string Name, string Zone, string State, SiloFigures? Figures)> Silos);
