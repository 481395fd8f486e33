using Granary.Errors;
using Granary.Models;
using Granary.Shards;

namespace Granary.Grains.Tests.Shards;

public sealed class RoleOrderTests
{
    [Theory]
    [InlineData("u")]
    [InlineData("su")]
    [InlineData("ssu")]
    [InlineData("uu")]
    [InlineData("us")]
    [InlineData("ua")]
    [InlineData("a")]
    [InlineData("s")]
    [InlineData("uattau")]
    [InlineData("uatu")]
    public void Check_ordersThatATemplateMayTake_passes(string roles) => RoleOrder.Check(Messages(roles));

    [Theory]
    [InlineData("")]
    [InlineData("tu")]
    [InlineData("ut")]
    public void Check_toolsWithoutAssistant_areRefused(string roles) =>
        Assert.Equal(ErrorCode.InvalidRoleOrder, Assert.Throws<GranaryException>(() => RoleOrder.Check(Messages(roles))).Code);

    [Theory]
    [InlineData("ssu", "0 1 2 ", true)]
    [InlineData("ssu", "0 2 ", false)]
    [InlineData("sus", "0 2 1 ", false)]
    [InlineData("uu", "0 1 ", true)]
    [InlineData("uu", "1 ", false)]
    [InlineData("ua", "0 1 ", true)]
    [InlineData("ua", "0 ", false)]
    [InlineData("uatu", "0 1 3 ", true)] // how a template writes a result is its own business
    [InlineData("sua", "1 2 ", false)]
    [InlineData("su", "1 ", true)] // what every template expects is not looked after
    public void CheckPrompt_ofAnUnusualOrder_wantsAllThatIsSaidInIt(string roles, string prompt, bool isGood)
    {
        var messages = Messages(roles);

        if (isGood)
            RoleOrder.CheckPrompt(messages, prompt);
        else
            Assert.Equal(ErrorCode.InvalidRoleOrder, Assert.Throws<GranaryException>(() => RoleOrder.CheckPrompt(messages, prompt)).Code);
    }

    private static ChatMessage[] Messages(string roles) => [.. roles.Select((role, i) => new ChatMessage(
        role switch { 's' => ChatRole.System, 'u' => ChatRole.User, 'a' => ChatRole.Assistant, _ => ChatRole.Tool }, $"{i} "))];
}
