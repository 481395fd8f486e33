namespace Granary.Identity;

/// <summary>An API key as it is stored: all of it but the secret, of which there is a salted hash.</summary>
[GenerateSerializer, Immutable, Alias("granary.key")]
public sealed record ApiKey
{
    /// <summary>Its public part, by <see cref="KeyId"/>.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Whose it is.</summary>
    [Id(1)] public required string Tenant { get; init; }

    /// <summary>What people call it.</summary>
    [Id(2)] public required string Name { get; init; }

    /// <summary>What its bearer is.</summary>
    [Id(3)] public required CallerRole Role { get; init; }

    /// <summary>What it may be used for.</summary>
    [Id(4)] public required KeyScopes Scopes { get; init; }

    /// <summary>Random, of this key alone.</summary>
    [Id(5)] public required byte[] Salt { get; init; }

    /// <summary>HMAC-SHA256 of the secret under <see cref="Salt"/>.</summary>
    [Id(6)] public required byte[] Hash { get; init; }

    /// <summary>When it was made.</summary>
    [Id(7)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends; <see langword="null"/>: when it is revoked.</summary>
    [Id(8)] public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked.</summary>
    [Id(9)] public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The key that was made to take its place, if one was.</summary>
    [Id(10)] public string? ReplacedBy { get; init; }

    /// <summary>Whether it opens anything.</summary>
    /// <param name="now">The time.</param>
    public bool IsActive(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is not { } end || now < end);
}
