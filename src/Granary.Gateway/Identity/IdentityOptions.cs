using System.ComponentModel.DataAnnotations;
using Granary.Gateway.Identity.Issuers;

namespace Granary.Gateway.Identity;

/// <summary>Who may call the gateway; section <c>Granary:Identity</c>.</summary>
public sealed class IdentityOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Granary:Identity";

    /// <summary>Who needs neither key nor token.</summary>
    /// <value>
    /// <c>loopback</c> (default): programs on the gateway's own machine that do not come through a proxy; they may do everything. <c>never</c>: nobody. Choose it behind
    /// a proxy on the same machine that adds no Forwarded or X-Forwarded header.
    /// </value>
    [Required, AllowedValues("loopback", "never", ErrorMessage = "must be loopback or never")]
    public string Anonymous { get; set; } = "loopback";

    /// <summary>Where the installation's first operator key is written, readable by this user alone, instead of to the standard output.</summary>
    /// <value>A file; one that is there is left as it is, and its key made the first one if the installation has none. Default none.</value>
    public string? FirstKeyFile { get; set; }

    /// <summary>How long a token of <c>/oauth/token</c> is good.</summary>
    /// <value>1 minute–1 hour, default 15 minutes.</value>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00", ErrorMessage = "must be 1 minute to 1 hour, as in 00:15:00")]
    public TimeSpan TokenLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>OpenID providers whose tokens are taken.</summary>
    /// <value>Default none.</value>
    public List<IssuerOptions> Issuers { get; set; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (index, issuer) in Issuers.Index())
        {
            var problems = new List<ValidationResult>();
            if (!Validator.TryValidateObject(issuer, new ValidationContext(issuer), problems, validateAllProperties: true))
                yield return new ValidationResult(problems[0].ErrorMessage, [$"{nameof(Issuers)}:{index}:{problems[0].MemberNames.First()}"]);
        }
    }
}
