using Granary.Identity;
using Granary.Sessions;

namespace Granary.Gateway.Admin.Sessions;

/// <summary>A conversation without anything that was said in it; its title is the beginning of a message.</summary>
/// <param name="Id">Its id.</param>
/// <param name="User">The provider's user whose it is; <see langword="null"/> of one that the tenant's keys have.</param>
/// <param name="Model">Whom it is with.</param>
/// <param name="Turns">Replies so far.</param>
/// <param name="CreatedAt">When it was begun.</param>
/// <param name="UpdatedAt">When it last changed.</param>
internal sealed record SessionObject(string Id, string? User, string Model, int Turns, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static SessionObject From(SessionInfo session) => new(session.Id, OwnedKey.UserOfOwner(session.Owner), session.Model, session.Turns, session.CreatedAt, session.UpdatedAt);
}
