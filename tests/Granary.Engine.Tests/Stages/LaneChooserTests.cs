using Granary.Engine.Stages;

namespace Granary.Engine.Tests.Stages;

public sealed class LaneChooserTests
{
    private readonly LaneChooser _chooser = new(lanes: 3, blockTokens: 4, chunkTokens: 16);

    [Fact]
    public void Enter_prompts_without_a_past_go_to_the_emptiest()
    {
        Assert.Equal([0, 1, 2, 0, 1, 2], Enumerable.Range(0, 6).Select(i => _chooser.Enter("", Prompt(i, 8))));
        _chooser.Leave(1);
        Assert.Equal(1, _chooser.Enter("", Prompt(7, 8)));
    }

    [Fact]
    public void Enter_longer_prompt_of_a_conversation_goes_where_its_beginning_is()
    {
        int[] lanes = [.. Enumerable.Range(0, 3).Select(i => _chooser.Enter("", Prompt(i, 8)))];
        Array.ForEach(lanes, _chooser.Leave);
        Assert.Equal(lanes[2], _chooser.Enter("", Prompt(2, 20)));
        Assert.Equal(lanes[1], _chooser.Enter("", Prompt(1, 9)));
    }

    [Fact]
    public void Enter_other_salt_finds_nothing()
    {
        _chooser.Enter("a", Prompt(0, 8));
        Assert.Equal(1, _chooser.Enter("b", Prompt(0, 8)));
    }

    [Fact]
    public void Enter_short_beginning_does_not_keep_a_request_in_a_full_lane()
    {
        int[] lanes = [.. Enumerable.Range(0, 12).Select(_ => _chooser.Enter("", Prompt(0, 8)))];
        for (int lane = 0; lane < 3; lane++)
        {
            Assert.InRange(lanes.Count(chosen => chosen == lane), 3, 5);
        }
    }

    private static int[] Prompt(int conversation, int tokens) => [.. Enumerable.Range(0, tokens).Select(i => (1000 * conversation) + i)];
}
