using System.Globalization;

namespace Granary.Chaos.Faults;

/// <summary>One fault of a schedule.</summary>
/// <param name="At">When it begins, from the start of the schedule.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Targets">The silos that it concerns.</param>
/// <param name="Lasts">How long; a killed process is started again after it.</param>
internal sealed record Fault(TimeSpan At, FaultKind Kind, IReadOnlyList<string> Targets, TimeSpan Lasts)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{At.TotalSeconds,6:F1} s  {Kind,-13} {string.Join(" | ", Targets),-16} {Lasts.TotalSeconds,5:F1} s");
}
