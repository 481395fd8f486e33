using Granary.Sessions;

namespace Granary.Gateway.Admin.Sessions;

/// <summary>A conversation without anything that was said in it; its title is the beginning of a message.</summary>
internal sealed record SessionObject(string Id, string Model, int Turns, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static SessionObject From(SessionInfo session) => new(session.Id, session.Model, session.Turns, session.CreatedAt, session.UpdatedAt);
}
