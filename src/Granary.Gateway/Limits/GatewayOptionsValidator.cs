using Microsoft.Extensions.Options;

namespace Granary.Gateway.Limits;

/// <summary>Checks what annotations cannot say.</summary>
internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var failures = new List<string>();
        var urls = options.Urls.Select(url => Parse(url, nameof(options.Urls), failures)).OfType<BindingAddress>().ToArray();
        foreach (var http2 in options.Http2Urls.Select(url => Parse(url, nameof(options.Http2Urls), failures)).OfType<BindingAddress>())
        {
            if (http2.Scheme != "http" || http2.Port == 0 || urls.Any(url => url.Port == http2.Port))
                failures.Add($"{GatewayOptions.Section}:Http2Urls: '{http2}' must be http with a port of its own.");
        }

        if (urls.Any(url => url.Scheme == "https") && (options.CertificateFile is null || options.CertificateKeyFile is null))
            failures.Add($"{GatewayOptions.Section}:Urls has an address with https, which needs CertificateFile and CertificateKeyFile.");
        failures.AddRange(new[] { (nameof(options.CertificateFile), options.CertificateFile), (nameof(options.CertificateKeyFile), options.CertificateKeyFile) }
            .Where(file => file.Item2 is not null && !File.Exists(file.Item2))
            .Select(file => $"{GatewayOptions.Section}:{file.Item1}: there is no file '{file.Item2}'."));
        if (options.AdvertisedUrl is { } advertised && !IsOrigin(advertised))
            failures.Add($"{GatewayOptions.Section}:AdvertisedUrl: '{advertised}' is no origin; write it like https://granary-0.example.com, without a path.");
        failures.AddRange(options.AllowedOrigins
            .Where(origin => !IsOrigin(origin))
            .Select(origin => $"{GatewayOptions.Section}:AllowedOrigins: '{origin}' is no origin; write it like https://app.example.com, without a path."));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static BindingAddress? Parse(string url, string key, List<string> failures)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            failures.Add($"{GatewayOptions.Section}:{key}: '{url}' is no address; write it like http://127.0.0.1:8080.");
            return null;
        }
    }

    private static bool IsOrigin(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority) == text;
}
