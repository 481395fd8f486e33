using System.Collections.Immutable;
using Granary.Engine.Experts;
using Granary.Engine.Experts.Routing;
using Granary.Shards;

namespace Granary.Engine.Tests.Experts.Routing;

public sealed class DestinationGroupsTests
{
    private const int Experts = 4;

    [Fact]
    public void Group_each_choice_once_at_a_destination_that_holds_it()
    {
        var (chosen, groups) = (Choose(tokens: 50), new DestinationGroups());
        ExpertPlacement placement = Place((0, [0]), (1, [1, 2]), (2, [2]), (3, [1, 0]));
        groups.Group(placement, 0, chosen, All(chosen), [], turn: 1);
        Assert.Empty(groups.Missing);
        List<int> seen = [];
        for (int group = 0; group < groups.Count; group++)
        {
            ReadOnlySpan<int> choices = groups.Choices(group);
            foreach (int choice in choices)
            {
                seen.Add(choice);
                Assert.True(placement.Of(new ExpertId(0, chosen.Experts[choice])).Contains(groups.Destination(group)));
            }

            Assert.Equal(choices.ToArray().Order(), choices.ToArray()); // a token's are next to each other
        }

        Assert.Equal(All(chosen), seen.Order());
    }

    [Fact]
    public void Group_this_silo_comes_before_the_preferred_destination()
    {
        var (chosen, groups) = (Choose(tokens: 50), new DestinationGroups());
        groups.Group(Place((0, [1, 0]), (1, [2, 0]), (2, [1, 0]), (3, [0])), 0, chosen, All(chosen), [], turn: 1);
        Assert.Equal(1, groups.Count);
        Assert.Equal(0, groups.Destination(0));
    }

    [Fact]
    public void Group_failed_destination_is_avoided_and_experts_without_another_are_missing()
    {
        var (chosen, groups) = (Choose(tokens: 50), new DestinationGroups());
        ExpertPlacement placement = Place((0, [1, 2]), (1, [2]), (2, [2, 1]), (3, [1]));
        groups.Group(placement, 0, chosen, All(chosen), [1], turn: 0);
        Assert.Equal([new ExpertId(0, 3)], groups.Missing);
        groups.Group(placement, 0, chosen, [.. All(chosen).Where(choice => chosen.Experts[choice] != 3)], [1], turn: 0);
        Assert.Empty(groups.Missing);
        Assert.Equal(2, groups.Destination(0));
    }

    [Fact]
    public void Group_replicas_take_turns()
    {
        var (chosen, groups) = (Choose(tokens: 1), new DestinationGroups());
        ExpertPlacement placement = Place((0, [1, 2]), (1, [1, 2]), (2, [1, 2]), (3, [1, 2]));
        var destinations = new HashSet<int>();
        for (int turn = 0; turn < 2; turn++)
        {
            groups.Group(placement, 0, chosen, All(chosen), [], turn);
            destinations.Add(groups.Destination(0));
        }

        Assert.Equal([1, 2], destinations.Order());
    }

    private static int[] All(ExpertChoices chosen) => [.. Enumerable.Range(0, chosen.Count)];

    private static ExpertChoices Choose(int tokens)
    {
        var random = new Random(1);
        var chosen = new ExpertChoices();
        float[] logits = [.. Enumerable.Range(0, tokens * Experts).Select(_ => random.NextSingle())];
        chosen.Choose(new SoftmaxTopK(normalize: true), logits, Experts, perToken: 2);
        Assert.Equal(tokens * 2, chosen.Tokens.Sum());
        return chosen;
    }

    private static ExpertPlacement Place(params (int Expert, int[] Destinations)[] held) =>
        new(held.ToDictionary(entry => new ExpertId(0, entry.Expert), entry => ImmutableArray.Create(entry.Destinations)), here: 0);
}
