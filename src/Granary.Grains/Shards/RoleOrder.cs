using Granary.Errors;
using Granary.Models;

namespace Granary.Shards;

/// <summary>Orders of messages that a chat can have: instructions at most once and first, then user and assistant in turns, tool results after an assistant, a user or tool last.</summary>
internal static class RoleOrder
{
    /// <exception cref="GranaryException"><see cref="ErrorCode.InvalidRoleOrder"/>.</exception>
    public static void Check(IReadOnlyList<ChatMessage> messages)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            ChatRole? previous = i == 0 ? null : messages[i - 1].Role;
            var problem = messages[i].Role switch
            {
                ChatRole.System when i > 0 => "a system message can only be the first one",
                ChatRole.User when previous is ChatRole.User or ChatRole.Tool => "a user message follows an assistant's one",
                ChatRole.Assistant when previous is not (ChatRole.User or ChatRole.Tool) => "an assistant message follows a user's or a tool's one",
                ChatRole.Tool when previous is not (ChatRole.Assistant or ChatRole.Tool) => "a tool message follows an assistant's one",
                ChatRole.Tool when !AnswersCall(messages, i) => "a tool message names one of the calls that the assistant's message before it makes",
                _ => null,
            };
            if (problem is not null)
            {
                throw new GranaryException(ErrorCode.InvalidRoleOrder, $"Message {i} is out of order: {problem}.", "messages");
            }
        }

        if (messages.Count == 0 || messages[^1].Role is not (ChatRole.User or ChatRole.Tool))
        {
            throw new GranaryException(ErrorCode.InvalidRoleOrder, "The last message must be a user's or a tool's one, for there is nothing to answer otherwise.", "messages");
        }
    }

    private static bool AnswersCall(IReadOnlyList<ChatMessage> messages, int at)
    {
        var assistant = at - 1;
        while (messages[assistant].Role == ChatRole.Tool)
        {
            assistant--;
        }

        return messages[at].ToolCallId is not { } id || messages[assistant].ToolCalls?.Any(call => call.Id == id) == true;
    }
}
