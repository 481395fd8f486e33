namespace Granary.Cluster.Tests.Running;

/// <summary>Three silos in three zones.</summary>
public sealed class ThreeZones() : RunningCluster("up", "--zones", "3");
