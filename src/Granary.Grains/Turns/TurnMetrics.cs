using System.Diagnostics.Metrics;
using Granary.Diagnostics;
using Granary.Errors;

namespace Granary.Turns;

/// <summary>What became of generations that did not end where they began.</summary>
internal static class TurnMetrics
{
    private static readonly Meter Meter = new(GranaryTelemetry.Name);
    private static readonly Counter<long> Failovers = Meter.CreateCounter<long>("granary:failovers_total", "{generation}", "Generations that left a replica for another one and went on from their tokens, by the reason's code.");
    private static readonly Counter<long> Moves = Meter.CreateCounter<long>("granary:moves_total", "{generation}", "Generations that moved to another replica with their keys and values.");

    public static void FailedOver(ErrorCode reason) => Failovers.Add(1, new KeyValuePair<string, object?>("reason", reason.Name()));

    public static void Moved() => Moves.Add(1);
}
