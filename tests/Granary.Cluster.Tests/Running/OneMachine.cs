namespace Granary.Cluster.Tests.Running;

/// <summary>One silo with SQLite.</summary>
public sealed class OneMachine() : RunningCluster("up");
