namespace Orleans.Placement;

/// <summary>New activations are made on any silo that hosts the class.</summary>
public sealed class RandomPlacementAttribute() : PlacementAttribute(new RandomPlacement());
