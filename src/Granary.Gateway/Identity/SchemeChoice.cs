using Granary.Gateway.Identity.Keys;
using Granary.Gateway.Identity.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Granary.Gateway.Identity;

/// <summary>Which scheme takes a request's credentials, by their form and by who says that he issued them.</summary>
internal sealed class SchemeChoice(IOptions<IdentityOptions> options, AccessTokens tokens) : IConfigureNamedOptions<PolicySchemeOptions>
{
    private readonly JsonWebTokenHandler _handler = new();

    public void Configure(PolicySchemeOptions options) => options.ForwardDefaultSelector = Choose;

    public void Configure(string? name, PolicySchemeOptions options) => Configure(options);

    // What looks like no credentials of ours counts as none: clients that insist on a key are given any text.
    private string Choose(HttpContext context) => Bearer.Of(context.Request) switch
    {
        null => Schemes.Anonymous,
        var text when text.StartsWith(KeySecret.Prefix, StringComparison.Ordinal) => Schemes.Key,
        var text when Issuer(text) is { } issuer => SchemeOf(issuer),
        _ => Schemes.Anonymous,
    };

    private string? Issuer(string text)
    {
        if (!_handler.CanReadToken(text))
            return null;
        try
        {
            return _handler.ReadJsonWebToken(text).Issuer;
        }
        catch (ArgumentException)
        {
            return null; // the form of a token, and none
        }
    }

    // A provider's name in its tokens may differ from its address by a slash; the bearer handler compares it with what the provider itself says.
    private string SchemeOf(string issuer)
    {
        if (issuer == tokens.Issuer)
            return Schemes.Token;
        var index = options.Value.Issuers.FindIndex(known => known.Authority.TrimEnd('/') == issuer.TrimEnd('/'));
        return index < 0 ? Schemes.Token : Schemes.Issuer(index);
    }
}
