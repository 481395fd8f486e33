using Granary.Shards;

namespace Granary.Engine.Experts;

/// <summary>How layers reach their experts.</summary>
/// <param name="Link">The way to other silos, which also knows the placement.</param>
/// <param name="Here">The experts of this silo, which are computed in place; <see langword="null"/> where it has none.</param>
/// <param name="Loads">Counts the tokens of each expert.</param>
/// <param name="Format">How hidden states travel to experts and back.</param>
public sealed record ExpertAccess(IExpertLink Link, ExpertSet? Here, ExpertLoads Loads, HiddenFormat Format = HiddenFormat.Fp16);
