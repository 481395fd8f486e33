using Granary.Errors;
using Granary.Models;

namespace Granary.Shards;

/// <summary>
/// Orders of messages that a chat can have. Which roles may follow each other is the model's chat template's to say; but there are templates that leave out in silence what they do not
/// expect, and a caller must not believe that the model has read it.
/// </summary>
internal static class RoleOrder
{
    private const string EndOfThinking = "</think>";

    /// <summary>What no template can make sense of: no message, or a tool's result without its call.</summary>
    /// <exception cref="GranaryException"><see cref="ErrorCode.InvalidRoleOrder"/>.</exception>
    public static void Check(IReadOnlyList<ChatMessage> messages)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].Role != ChatRole.Tool)
            {
                continue;
            }

            if (i == 0 || messages[i - 1].Role is not (ChatRole.Assistant or ChatRole.Tool))
            {
                throw Wrong($"Message {i} is out of order: a tool message follows an assistant's one.");
            }

            if (!AnswersCall(messages, i))
            {
                throw Wrong($"Message {i} is out of order: a tool message names one of the calls that the assistant's message before it makes.");
            }
        }

        if (messages.Count == 0)
        {
            throw Wrong("There is no message.");
        }
    }

    /// <summary>Holds the prompt of an order that not every template expects against its messages: all of them are in it, one after another.</summary>
    /// <exception cref="GranaryException"><see cref="ErrorCode.InvalidRoleOrder"/>.</exception>
    public static void CheckPrompt(IReadOnlyList<ChatMessage> messages, string prompt)
    {
        if (IsUsual(messages))
        {
            return;
        }

        var from = 0;
        for (var i = 0; i < messages.Count; i++)
        {
            if (!IsWrittenAsItIs(messages[i]))
            {
                continue;
            }

            var content = messages[i].Content.Trim();
            var at = prompt.IndexOf(content, from, StringComparison.Ordinal);
            if (at < 0)
            {
                throw Wrong($"The model's chat template takes no {messages[i].Role.ToString().ToLowerInvariant()} message where message {i} is: it leaves it out, or writes it elsewhere.");
            }

            from = at + content.Length;
        }
    }

    /// <summary>Instructions at most once and first, then user and assistant in turns, tool results after an assistant, a user or tool last: all templates expect that.</summary>
    private static bool IsUsual(IReadOnlyList<ChatMessage> messages)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            ChatRole? previous = i == 0 ? null : messages[i - 1].Role;
            var follows = messages[i].Role switch
            {
                ChatRole.System => previous is null,
                ChatRole.User => previous is null or ChatRole.System or ChatRole.Assistant,
                ChatRole.Assistant => previous is ChatRole.User or ChatRole.Tool,
                _ => true,
            };
            if (!follows)
            {
                return false;
            }
        }

        return messages[^1].Role is ChatRole.User or ChatRole.Tool;
    }

    // Tool results and calls are written as JSON, and thoughts of old turns are left out on purpose.
    private static bool IsWrittenAsItIs(ChatMessage message) =>
        message.Role is ChatRole.System or ChatRole.User || (message.Role == ChatRole.Assistant && message.ToolCalls is null && !message.Content.Contains(EndOfThinking, StringComparison.Ordinal));

    private static GranaryException Wrong(string problem) => new(ErrorCode.InvalidRoleOrder, problem, "messages");

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
