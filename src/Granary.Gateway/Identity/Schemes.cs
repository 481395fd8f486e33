using System.Globalization;

namespace Granary.Gateway.Identity;

/// <summary>Names of the authentication schemes.</summary>
internal static class Schemes
{
    /// <summary>Looks at the credentials and passes them to one of the others.</summary>
    public const string Any = "granary";

    /// <summary>API keys.</summary>
    public const string Key = "granary-key";

    /// <summary>The gateway's own tokens.</summary>
    public const string Token = "granary-token";

    /// <summary>No credentials.</summary>
    public const string Anonymous = "granary-anonymous";

    private const string IssuerPrefix = "granary-issuer-";

    /// <summary>Tokens of a provider, by its place in the configuration.</summary>
    public static string Issuer(int index) => IssuerPrefix + index.ToString(CultureInfo.InvariantCulture);

    /// <summary>The place of a provider whose scheme this is; <see langword="null"/> for others.</summary>
    public static int? IssuerOf(string scheme) =>
        scheme.StartsWith(IssuerPrefix, StringComparison.Ordinal) ? int.Parse(scheme.AsSpan(IssuerPrefix.Length), CultureInfo.InvariantCulture) : null;
}
