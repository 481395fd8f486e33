namespace Orleans.Placement;

/// <summary>New activations are made on the emptier of two random silos.</summary>
public sealed class ActivationCountBasedPlacementAttribute() : PlacementAttribute(new ActivationCountBasedPlacement());
