using System.ComponentModel.DataAnnotations;

namespace Granary.Sessions;

/// <summary>Conversations; bound from <c>Granary:Sessions</c>.</summary>
public sealed class SessionsOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Granary:Sessions";

    /// <value>Conversations that a tenant's keys, or a user of an OpenID provider, may have; few more where several are created at once. 1–1000000, default 20000.</value>
    [Range(1, 1_000_000)]
    public int MaxPerOwner { get; set; } = 20_000;
}
