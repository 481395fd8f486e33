using System.Collections.Immutable;
using System.Diagnostics;
using Granary.Engine.Experts;
using Granary.Engine.Experts.Routing;
using Granary.Shards;

namespace Granary.Benchmarks.Experts;

/// <summary>What choosing experts and grouping them by destination takes for each token of a layer, beyond the gate's matrix product.</summary>
/// <param name="Experts">Experts of the layer.</param>
/// <param name="PerToken">Experts that a token takes.</param>
/// <param name="Normalizes">Whether the chosen ones' weights are made to sum to 1.</param>
internal sealed record RoutingCost(int Experts, int PerToken, bool Normalizes)
{
    private const int Destinations = 3;

    /// <summary>The figure's name.</summary>
    public string Name(int tokens) => $"routing of {tokens} tokens, {PerToken} of {Experts} experts{(Normalizes ? ", normalised" : "")}";

    /// <summary>Nanoseconds a token.</summary>
    /// <param name="tokens">Tokens of a step.</param>
    /// <param name="duration">How long to measure.</param>
    public double Measure(int tokens, TimeSpan duration)
    {
        var random = new Random(Experts);
        float[] logits = [.. Enumerable.Range(0, tokens * Experts).Select(_ => (random.NextSingle() - 0.5f) * 8)];
        var placement = new ExpertPlacement(
            Enumerable.Range(0, Experts).ToDictionary(expert => new ExpertId(0, expert), expert => ImmutableArray.Create(expert % Destinations)), here: 0);
        var rule = RoutingRules.Find(Normalizes ? "softmax-top-k-normalized" : "softmax-top-k");
        var chosen = new ExpertChoices();
        var groups = new DestinationGroups();
        var loads = new ExpertLoads();
        int[] all = [.. Enumerable.Range(0, tokens * PerToken)];
        Step(1000);

        var steps = 0L;
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            Step(100);
            steps += 100;
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / (steps * tokens);

        void Step(int count)
        {
            for (var step = 0; step < count; step++)
            {
                chosen.Choose(rule, logits, Experts, PerToken);
                loads.Add(0, chosen.Tokens);
                groups.Group(placement, 0, chosen, all, [], step);
            }
        }
    }
}
