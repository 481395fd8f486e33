using Granary.Models;
using Granary.Sessions;

namespace Granary.Gateway.Chat.Messages;

/// <summary>Result of <c>History</c>.</summary>
/// <param name="Session">The conversation.</param>
/// <param name="Messages">All messages, oldest first.</param>
/// <param name="IsAnswering">Whether a reply is being generated.</param>
/// <param name="RunningTurn">Its turn, which <c>Resume</c> follows.</param>
public sealed record ChatTranscript(ChatSession Session, ChatMessage[] Messages, bool IsAnswering, int? RunningTurn)
{
    internal static ChatTranscript From(SessionHistory history) =>
        new(ChatSession.From(history.Session), history.Messages, history.IsAnswering, history.RunningTurn);
}
