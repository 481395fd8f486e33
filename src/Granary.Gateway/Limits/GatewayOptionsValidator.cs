using Microsoft.Extensions.Options;

namespace Granary.Gateway.Limits;

/// <summary>Checks what annotations cannot say.</summary>
internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var failures = new List<string>();
        foreach (var url in options.Urls)
        {
            try
            {
                _ = BindingAddress.Parse(url);
            }
            catch (FormatException)
            {
                failures.Add($"{GatewayOptions.Section}:Urls: '{url}' is no address; write it like http://127.0.0.1:8080.");
            }
        }

        failures.AddRange(options.AllowedOrigins
            .Where(origin => !Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != origin)
            .Select(origin => $"{GatewayOptions.Section}:AllowedOrigins: '{origin}' is no origin; write it like https://app.example.com, without a path."));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
