namespace Granary.Cluster.Tests;

/// <summary>Three silos in three zones.</summary>
public sealed class ThreeZones() : RunningCluster("up", "--zones", "3");
