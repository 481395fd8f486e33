using System.ComponentModel.DataAnnotations;
using Granary.Identity;

namespace Granary.Gateway.Identity.Issuers;

/// <summary>An OpenID provider whose tokens the gateway takes; an item of <c>Granary:Identity:Issuers</c>.</summary>
public sealed class IssuerOptions : IValidatableObject
{
    /// <summary>The provider, whose <c>/.well-known/openid-configuration</c> tells its keys.</summary>
    /// <value>An https address; http on loopback alone.</value>
    [Required]
    public string Authority { get; set; } = "";

    /// <summary>What tokens for this installation have as <c>aud</c>.</summary>
    [Required]
    public string Audience { get; set; } = "";

    /// <summary>The tenant of all callers that it vouches for.</summary>
    /// <value>Default none: each token says it in <see cref="TenantClaim"/>.</value>
    public string? Tenant { get; set; }

    /// <summary>The claim that names a caller's tenant.</summary>
    /// <value>Default <c>tenant</c>.</value>
    [Required]
    public string TenantClaim { get; set; } = "tenant";

    /// <summary>The claim that lists a caller's roles: user, tenant-admin, operator.</summary>
    /// <value>Default <c>roles</c>.</value>
    [Required]
    public string RoleClaim { get; set; } = "roles";

    /// <summary>The highest role that it may give.</summary>
    /// <value>Default User.</value>
    public CallerRole HighestRole { get; set; } = CallerRole.User;

    /// <summary>How far its clock may be from the gateway's.</summary>
    /// <value>0 s–5 minutes, default 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00", ErrorMessage = "must be 0 seconds to 5 minutes, as in 00:00:30")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var uri) || !(uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
            yield return new ValidationResult($"'{Authority}' is no https address", [nameof(Authority)]);
        if (Tenant is not null && !TenantId.IsValid(Tenant))
            yield return new ValidationResult($"'{Tenant}' cannot be a tenant", [nameof(Tenant)]);
    }
}
