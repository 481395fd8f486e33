using System.CommandLine;
using Granary.Host.Local;

namespace Granary.Host.Commands;

/// <summary>Where the gateway is: <c>--url</c>, else <c>GRANARY_URL</c>, else what <c>up</c> started, else the default port.</summary>
internal static class GatewayUrl
{
    public static Option<Uri?> Option() => new("--url")
    {
        Description = "A gateway of the cluster. Default: GRANARY_URL, else the one that 'up' started.",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            {
                return uri;
            }

            result.AddError("--url takes an address such as http://127.0.0.1:5080");
            return null;
        },
    };

    public static Uri Resolve(Uri? given)
    {
        var found = given
            ?? (Environment.GetEnvironmentVariable("GRANARY_URL") is { Length: > 0 } text && Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : null)
            ?? LocalState.Load(GranaryPaths.Current)?.FirstLiveGateway()
            ?? new Uri("http://127.0.0.1:5080");
        return found.AbsoluteUri.EndsWith('/') ? found : new Uri(found.AbsoluteUri + "/");
    }

    public static CommandException Unreachable(Uri gateway, Exception failure) =>
        new($"no gateway answers at {gateway} ({failure.Message.ReplaceLineEndings(" ")}); start one with deploy/up, or name one with --url", innerException: failure);
}
