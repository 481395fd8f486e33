namespace Orleans.Placement;

/// <summary>New activations are made on the silo with the most free processor time and memory, the calling one preferred when it is close.</summary>
public sealed class ResourceOptimizedPlacementAttribute() : PlacementAttribute(new ResourceOptimizedPlacement());
