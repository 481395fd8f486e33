namespace Orleans.Runtime;

/// <summary>New activations are made on any silo that hosts the class.</summary>
public sealed class RandomPlacement : PlacementStrategy;
