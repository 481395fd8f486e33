using Granary.Sessions;

namespace Granary.Gateway.Chat.Messages;

/// <summary>A conversation, as lists show it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Model">The model it talks to.</param>
/// <param name="Title">Its title.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="Turns">Turns so far.</param>
public sealed record ChatSession(string Id, string Model, string Title, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Turns)
{
    internal static ChatSession From(SessionInfo info) => new(info.Id, info.Model, info.Title, info.CreatedAt, info.UpdatedAt, info.Turns);
}
