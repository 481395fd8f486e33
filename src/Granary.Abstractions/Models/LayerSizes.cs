namespace Granary.Models;

/// <summary>What one layer of an imported model takes.</summary>
/// <param name="WeightBytes">Bytes of its weights, experts left out.</param>
/// <param name="Experts">Its experts; 0 in a dense layer.</param>
/// <param name="ChosenExperts">How many of them a token takes; 0 in a dense layer.</param>
/// <param name="ExpertBytes">Bytes of the weights of one expert.</param>
public readonly record struct LayerSizes(long WeightBytes, int Experts, int ChosenExperts, long ExpertBytes);
