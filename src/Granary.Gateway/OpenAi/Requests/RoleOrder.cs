using Granary.Errors;
using Granary.Models;

namespace Granary.Gateway.OpenAi.Requests;

/// <summary>The order that chat templates can render: instructions first, then user and assistant in turn, the user last.</summary>
internal static class RoleOrder
{
    /// <exception cref="GranaryException">The order is another.</exception>
    public static void Check(ChatMessage[] messages)
    {
        var expected = ChatRole.User;
        for (var index = Array.FindIndex(messages, message => message.Role != ChatRole.System); index >= 0 && index < messages.Length; index++)
        {
            var role = messages[index].Role;
            if (role == ChatRole.System)
                throw Wrong(index, "instructions (system, developer) come before everything else");
            if (role != expected)
                throw Wrong(index, $"a message of the {Name(expected)} must stand here, not of the {Name(role)}; user and assistant take turns, the user first");
            expected = expected == ChatRole.User ? ChatRole.Assistant : ChatRole.User;
        }

        if (messages[^1].Role != ChatRole.User)
            throw Wrong(messages.Length - 1, "the last message must be the user's");
    }

    private static string Name(ChatRole role) => role == ChatRole.User ? "user" : "assistant";

    private static GranaryException Wrong(int index, string why) => new(ErrorCode.InvalidRoleOrder, $"messages[{index}]: {why}.", $"messages[{index}].role");
}
