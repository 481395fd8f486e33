
namespace Granary.Gateway.Admin.Keys;

/// <summary>Body of <c>POST /admin/keys/{id}/rotate</c>.</summary>
internal sealed record RotateKey
{
    /// <summary>How long the old key goes on; without it, a day.</summary>
    public long? OverlapSeconds { get; init; }

    /// <summary>When the new one ends, from now; without it, after as long as the old one had.</summary>
    public long? ExpiresInSeconds { get; init; }
}
