namespace Orleans.Placement;

/// <summary>New activations are made on the calling silo, if it hosts the class.</summary>
public sealed class PreferLocalPlacementAttribute() : PlacementAttribute(new PreferLocalPlacement());
