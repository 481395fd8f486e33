using Granary.Errors;
using Granary.Models;
using Granary.Shards;

namespace Granary.Grains.Tests.Shards;

public sealed class RoleOrderTests
{
    [Theory]
    [InlineData("u")]
    [InlineData("su")]
    [InlineData("suau")]
    [InlineData("uat")]
    [InlineData("uattau")]
    public void Check_order_of_a_chat_passes(string roles) => RoleOrder.Check(Messages(roles));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("a")]
    [InlineData("uu")]
    [InlineData("ua")]
    [InlineData("us")]
    [InlineData("ssu")]
    [InlineData("uaau")]
    [InlineData("tu")]
    [InlineData("ut")]
    [InlineData("uatu")]
    public void Check_other_orders_are_refused(string roles) =>
        Assert.Equal(ErrorCode.InvalidRoleOrder, Assert.Throws<GranaryException>(() => RoleOrder.Check(Messages(roles))).Code);

    private static ChatMessage[] Messages(string roles) => [.. roles.Select(role => new ChatMessage(
        role switch { 's' => ChatRole.System, 'u' => ChatRole.User, 'a' => ChatRole.Assistant, _ => ChatRole.Tool }, "x"))];
}
