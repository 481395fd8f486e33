using Granary.Serving;

namespace Granary.Cluster;

/// <summary>A served model with its replicas.</summary>
/// <param name="Model">The model.</param>
/// <param name="Replicas">Its replicas, by silo.</param>
public sealed record ModelStatus(ServedModel Model, IReadOnlyList<ReplicaDescriptor> Replicas);
