using System.Net;
using System.Net.Sockets;

namespace Granary.Chaos.Network;

/// <summary>Listens where a node is advertised and passes bytes on to where it really is, over the link of whoever calls.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly IPEndPoint _target;
    private readonly Func<IPEndPoint, (Link There, Link Back)> _links;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;

    /// <summary>Begins to listen.</summary>
    /// <param name="listen">Where; port 0 takes a free one.</param>
    /// <param name="target">Where the node is.</param>
    /// <param name="links">The links of the connection that comes from an endpoint.</param>
    public Relay(IPEndPoint listen, IPEndPoint target, Func<IPEndPoint, (Link There, Link Back)> links)
    {
        _target = target;
        _links = links;
        _listener = new TcpListener(listen);
        _listener.Start(backlog: 256);
        _accepting = AcceptAsync();
    }

    /// <summary>The port that it listens on.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_closing.Token));
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket caller)
    {
        using var near = caller;
        using var far = new Socket(_target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
        try
        {
            var (there, back) = _links((IPEndPoint)near.RemoteEndPoint!);
            await there.PassAsync(either.Token);
            await far.ConnectAsync(_target, either.Token);
            await Task.WhenAny(PumpAsync(near, far, there, either.Token), PumpAsync(far, near, back, either.Token));
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }

        // One side has gone: the other is told at once and hard, as by the kernel of a process that was killed.
        near.LingerState = new LingerOption(enable: true, 0);
        await either.CancelAsync();
    }

    private static async Task PumpAsync(Socket from, Socket to, Link link, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
            {
                await link.PassAsync(cancellationToken);
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), cancellationToken);
                }
            }
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }
}
