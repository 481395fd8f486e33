namespace Granary.Host.Commands;

/// <summary>A key, as <c>GET /admin/keys</c> lists it.</summary>
internal sealed record ListedKey(
    string Id, string Name, string Role, string[] Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, string? ReplacedBy)
{
    public string State(DateTimeOffset now) => this switch
    {
        { RevokedAt: not null } => "revoked",
        _ when ExpiresAt <= now => "expired",
        { ReplacedBy: { } successor } => $"replaced by {successor}",
        _ => "active",
    };
}
