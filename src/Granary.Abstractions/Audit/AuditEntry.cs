namespace Granary.Audit;

/// <summary>A change that somebody made.</summary>
[GenerateSerializer, Immutable, Alias("granary.audit.entry")]
public sealed record AuditEntry
{
    /// <summary>When.</summary>
    [Id(0)] public required DateTimeOffset At { get; init; }

    /// <summary>Who: the id of a key, a provider's user, or <c>loopback</c>.</summary>
    [Id(1)] public required string Who { get; init; }

    /// <summary>What, such as <c>key.revoke</c>.</summary>
    [Id(2)] public required string What { get; init; }

    /// <summary>To which: a key's id, a zone.</summary>
    [Id(3)] public required string Target { get; init; }

    /// <summary>As it was, as JSON without secrets; <see langword="null"/> where it was not.</summary>
    [Id(4)] public string? Before { get; init; }

    /// <summary>As it is now.</summary>
    [Id(5)] public string? After { get; init; }
}
