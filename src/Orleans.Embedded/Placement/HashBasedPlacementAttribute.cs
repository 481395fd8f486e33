namespace Orleans.Placement;

/// <summary>New activations are made on the silo that the grain's id hashes to.</summary>
public sealed class HashBasedPlacementAttribute() : PlacementAttribute(new HashBasedPlacement());
