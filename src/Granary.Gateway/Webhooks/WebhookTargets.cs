using System.Net;
using System.Net.Sockets;
using System.Text;
using Granary.Errors;
using Granary.Tenants;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Webhooks;

/// <summary>
/// Which receivers may be called. Whoever sets a webhook chooses what a silo connects to, so addresses of the silo's own network are refused: when they are set, as far as
/// they can be told by then, and when a connection is made, by the very address that is connected to, so that no name can change its meaning in between.
/// </summary>
internal sealed class WebhookTargets(IOptions<WebhookOptions> options)
{
    private const int MaxUrlChars = 2000;

    private static readonly IPNetwork[] Own =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3",
            "::/96", "64:ff9b::/32", "100::/64", "2001::/32", "2002::/16", "fc00::/7", "fe80::/9", "ff00::/8",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    /// <exception cref="GranaryException"><c>invalid_request</c>, which says what an address must be.</exception>
    public void Check(string url)
    {
        var allowsAll = options.Value.AllowPrivateTargets;
        if (url.Length > MaxUrlChars || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0 || !HasHost(uri)
            || !(uri.Scheme == Uri.UriSchemeHttps || (allowsAll && uri.Scheme == Uri.UriSchemeHttp)))
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"'url' must be an https address of at most {MaxUrlChars} characters, without user and password.", "url");
        }

        if (!allowsAll && (uri.IsLoopback || (IPAddress.TryParse(uri.DnsSafeHost, out var address) && IsOwn(address))))
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"'url' must not be on the silo's own machine or network; {WebhookOptions.SectionName}:{nameof(WebhookOptions.AllowPrivateTargets)} allows it.", "url");
        }
    }

    /// <summary>Connects to a receiver, or refuses to.</summary>
    /// <exception cref="HttpRequestException">All of its addresses are of the silo's own network.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint receiver, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(receiver.Host, cancellationToken);
        var allowed = options.Value.AllowPrivateTargets ? addresses : Array.FindAll(addresses, address => !IsOwn(address));
        if (allowed.Length == 0)
        {
            throw new HttpRequestException("the receiver is on the silo's own machine or network");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, receiver.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Names that no client can ask for are told apart when they are written as DNS has them, and not before.
    private static bool HasHost(Uri uri)
    {
        try
        {
            return uri.IdnHost.Length > 0 && Ascii.IsValid(uri.IdnHost);
        }
        catch (UriFormatException)
        {
            return false;
        }
    }

    internal static bool IsOwn(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Array.Exists(Own, network => network.Contains(plain));
    }
}
