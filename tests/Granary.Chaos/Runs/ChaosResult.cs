using Granary.Chaos.Faults;
using Granary.Chaos.Ledgers;

namespace Granary.Chaos.Runs;

/// <summary>What a run found.</summary>
/// <param name="Journal">All ledgers and differences.</param>
/// <param name="Faults">What was done.</param>
/// <param name="Handles">Open file handles of each silo before and after.</param>
/// <param name="Restarts">How often silos were started again.</param>
internal sealed record ChaosResult(Journal Journal, IReadOnlyList<Fault> Faults, IReadOnlyDictionary<string, (int Before, int After)> Handles, int Restarts)
{
    /// <summary>Whether nothing differs.</summary>
    public bool IsClean => Journal.Differences.IsEmpty;
}
