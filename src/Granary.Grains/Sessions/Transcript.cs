using Granary.Models;

namespace Granary.Sessions;

/// <summary>From stored messages to what a model may see.</summary>
internal static class Transcript
{
    /// <summary>
    /// The messages in an order that chat templates accept: a user's message that got no reply (its turn broke before the first token) is joined
    /// with the next one by an empty line.
    /// </summary>
    public static ChatMessage[] ToPrompt(IReadOnlyList<ChatMessage> messages)
    {
        var prompt = new List<ChatMessage>(messages.Count);
        foreach (var message in messages)
        {
            if (prompt.Count > 0 && prompt[^1] is { Role: ChatRole.User } previous && message.Role == ChatRole.User)
            {
                prompt[^1] = new ChatMessage(ChatRole.User, $"{previous.Content}\n\n{message.Content}");
            }
            else
            {
                prompt.Add(message);
            }
        }

        return [.. prompt];
    }
}
