using System.Collections.Immutable;
using Granary.Shards;

namespace Granary.Engine.Experts;

/// <summary>Which destinations hold which experts. Destinations are numbers that the <see cref="IExpertLink"/> gives meaning to. Never changes.</summary>
public sealed class ExpertPlacement
{
    private readonly int[]?[]?[] _destinations; // [layer][expert]

    /// <param name="destinations">Destinations of each expert, the preferred one first; experts on this silo are asked here whatever stands before.</param>
    /// <param name="here">The destination that is this silo; <see langword="null"/> where it holds no experts.</param>
    public ExpertPlacement(IReadOnlyDictionary<ExpertId, ImmutableArray<int>> destinations, int? here)
    {
        Here = here;
        _destinations = new int[]?[]?[destinations.Keys.Select(id => id.Layer + 1).DefaultIfEmpty(0).Max()];
        foreach (IGrouping<int, KeyValuePair<ExpertId, ImmutableArray<int>>> layer in destinations.GroupBy(entry => entry.Key.Layer))
        {
            int[]?[] experts = _destinations[layer.Key] = new int[]?[layer.Max(entry => entry.Key.Expert) + 1];
            foreach ((ExpertId id, ImmutableArray<int> held) in layer)
            {
                experts[id.Expert] = [.. held];
            }
        }
    }

    /// <summary>The destination that is this silo.</summary>
    public int? Here { get; }

    /// <summary>Destinations of an expert, the preferred one first; none where nobody holds it.</summary>
    public ReadOnlySpan<int> Of(ExpertId id) =>
        id.Layer < _destinations.Length && _destinations[id.Layer] is { } experts && id.Expert < experts.Length ? experts[id.Expert] : [];
}
