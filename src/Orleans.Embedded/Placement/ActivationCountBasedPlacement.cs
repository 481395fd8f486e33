namespace Orleans.Runtime;

/// <summary>New activations are made on the emptier of two random silos.</summary>
public sealed class ActivationCountBasedPlacement : PlacementStrategy;
