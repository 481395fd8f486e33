namespace Granary.Deployments.Planning;

/// <summary>What a balancer works with.</summary>
/// <param name="Sizes">The model; layers whose experts take bytes have some.</param>
/// <param name="Silos">Those that may hold experts.</param>
/// <param name="Copies">Least copies of every expert, on different silos; fewer where there are fewer silos.</param>
/// <param name="Redundant">Further copies in each layer, for the hottest.</param>
/// <param name="Loads">[layer][expert]: tokens, in any unit; a layer that is empty or all zero counts as equal.</param>
/// <param name="Current">By silo address, [layer]: the experts that it holds now, rising. Silos that are gone are left out.</param>
internal sealed record ExpertDemand(
    ModelSizes Sizes, IReadOnlyList<ExpertSilo> Silos, int Copies, int Redundant, double[][] Loads, IReadOnlyDictionary<string, int[][]> Current);
