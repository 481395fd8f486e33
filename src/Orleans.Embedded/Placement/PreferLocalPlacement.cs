namespace Orleans.Runtime;

/// <summary>New activations are made on the calling silo, if it hosts the class.</summary>
public sealed class PreferLocalPlacement : PlacementStrategy;
