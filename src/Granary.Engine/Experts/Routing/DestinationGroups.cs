using Granary.Shards;

namespace Granary.Engine.Experts.Routing;

/// <summary>Choices of experts by destination: what becomes one message each. Arrays are kept from step to step.</summary>
internal sealed class DestinationGroups
{
    private readonly List<int> _destinations = [];
    private readonly List<int> _sizes = []; // then one past each group's last
    private readonly List<ExpertId> _missing = [];
    private int[] _groupOf = []; // by expert, plus 1; 0 where it is not decided yet
    private int[] _sorted = [];

    /// <summary>Number of groups.</summary>
    public int Count => _destinations.Count;

    /// <summary>Chosen experts that no destination is left for; the groups mean nothing then.</summary>
    public IReadOnlyList<ExpertId> Missing => _missing;

    /// <summary>Where a group goes.</summary>
    public int Destination(int group) => _destinations[group];

    /// <summary>A group's choices, in the order in which they were given.</summary>
    public ReadOnlySpan<int> Choices(int group)
    {
        int start = group == 0 ? 0 : _sizes[group - 1];
        return _sorted.AsSpan(start, _sizes[group] - start);
    }

    /// <summary>Groups choices. This silo comes first, whatever other destinations an expert has; otherwise its destinations take turns.</summary>
    /// <param name="placement">Where experts are.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="chosen">All choices.</param>
    /// <param name="choices">Which of them, by number.</param>
    /// <param name="failed">Destinations that are not to be asked.</param>
    /// <param name="turn">Changes from step to step.</param>
    public void Group(ExpertPlacement placement, int layer, ExpertChoices chosen, ReadOnlySpan<int> choices, IReadOnlyCollection<int> failed, int turn)
    {
        _destinations.Clear();
        _sizes.Clear();
        _missing.Clear();
        int experts = chosen.Tokens.Length;
        if (_groupOf.Length < experts)
        {
            _groupOf = new int[experts];
        }

        if (_sorted.Length < choices.Length)
        {
            _sorted = new int[choices.Length];
        }

        Array.Clear(_groupOf);
        Span<int> sizes = stackalloc int[experts]; // of groups: there are no more than experts
        sizes.Clear();
        foreach (int choice in choices)
        {
            int expert = chosen.Experts[choice];
            int group = _groupOf[expert];
            if (group == 0)
            {
                group = _groupOf[expert] = 1 + Decide(placement, new ExpertId(layer, expert), failed, turn);
            }

            sizes[group - 1]++;
        }

        if (_missing.Count > 0)
        {
            return;
        }

        // A counting sort: it keeps the order of a group's choices.
        int end = 0;
        for (int group = 0; group < Count; group++)
        {
            int size = sizes[group];
            sizes[group] = end;
            end += size;
            _sizes.Add(end);
        }

        foreach (int choice in choices)
        {
            _sorted[sizes[_groupOf[chosen.Experts[choice]] - 1]++] = choice;
        }
    }

    private int Decide(ExpertPlacement placement, ExpertId id, IReadOnlyCollection<int> failed, int turn)
    {
        ReadOnlySpan<int> candidates = placement.Of(id);
        if (placement.Here is { } here && candidates.Contains(here) && !failed.Contains(here))
        {
            return GroupFor(here);
        }

        for (int i = 0; i < candidates.Length; i++)
        {
            int candidate = candidates[(int)((uint)(turn + i) % (uint)candidates.Length)];
            if (!failed.Contains(candidate))
            {
                return GroupFor(candidate);
            }
        }

        _missing.Add(id);
        return 0;
    }

    private int GroupFor(int destination)
    {
        int group = _destinations.IndexOf(destination);
        if (group < 0)
        {
            group = _destinations.Count;
            _destinations.Add(destination);
        }

        return group;
    }
}
