namespace Granary.Cluster;

/// <summary>How many activations of a grain type there are in the cluster.</summary>
/// <param name="Type">Name of the grain, for example <c>session</c>.</param>
/// <param name="Activations">Their number.</param>
public sealed record GrainCount(string Type, int Activations);
