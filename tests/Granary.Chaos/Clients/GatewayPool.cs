using System.Net.WebSockets;
using Granary.Host.Chat;

namespace Granary.Chaos.Clients;

/// <summary>The gateways that a client knows. Any of them serves everything; a client whose connection broke tries another one.</summary>
internal sealed class GatewayPool(IReadOnlyList<Uri> gateways)
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(3);

    public IReadOnlyList<Uri> All => gateways;

    /// <summary>One of them, not <paramref name="except"/> if there is a choice.</summary>
    public Uri Pick(Random random, Uri? except = null)
    {
        var others = gateways.Where(gateway => gateway != except).ToList();
        return others.Count == 0 ? gateways[0] : others[random.Next(others.Count)];
    }

    /// <summary>Connects to the chat hub of a gateway.</summary>
    /// <exception cref="WebSocketException">Nobody answers there in time.</exception>
    public static async Task<HubConnection> ConnectAsync(Uri gateway, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ConnectPatience);
        var hub = new HubConnection();
        try
        {
            await hub.StartAsync(new Uri(gateway, "hubs/chat"), patience.Token);
            return hub;
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            hub.Abort();
            throw new WebSocketException($"{gateway} did not answer", late);
        }
    }
}
