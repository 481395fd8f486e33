using System.Text;
using Granary.Gateway.Identity.Keys;

namespace Granary.Gateway.Identity.Tokens;

/// <summary>The client of a token request: by HTTP Basic or in the body. Its id is an API key's, its secret that key's, or the whole key.</summary>
internal static class ClientCredentials
{
    private const string Basic = "Basic ";

    /// <summary>Reads them.</summary>
    public static bool TryRead(HttpRequest request, IFormCollection form, out KeySecret key)
    {
        var (id, secret) = request.Headers.Authorization.ToString() is var header && header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)
            ? Decode(header[Basic.Length..])
            : (form["client_id"].ToString(), form["client_secret"].ToString());
        var whole = secret.StartsWith(KeySecret.Prefix, StringComparison.Ordinal) ? secret : new KeySecret(id, secret).ToString();
        return KeySecret.TryParse(whole, out key) && key.Id == id;
    }

    // Both parts are form-encoded before they are joined (RFC 6749, 2.3.1).
    private static (string Id, string Secret) Decode(string text)
    {
        Span<byte> bytes = stackalloc byte[256];
        if (!Convert.TryFromBase64String(text.Trim(), bytes, out var length))
            return ("", "");
        var both = Encoding.UTF8.GetString(bytes[..length]).Split(':', 2);
        return both is [var id, var secret] ? (Uri.UnescapeDataString(id), Uri.UnescapeDataString(secret)) : ("", "");
    }
}
