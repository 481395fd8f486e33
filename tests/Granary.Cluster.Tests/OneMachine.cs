namespace Granary.Cluster.Tests;

/// <summary>One silo with SQLite.</summary>
public sealed class OneMachine() : RunningCluster("up");
