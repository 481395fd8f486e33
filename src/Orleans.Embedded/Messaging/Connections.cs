using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Orleans.Runtime.Messaging;

/// <summary>The sockets between silos: one for each direction of each pair. Listens for the others, and keeps a sender for every silo that is sent to.</summary>
internal sealed class Connections(SiloRuntime silo) : IAsyncDisposable
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan WarningPeriod = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<SiloAddress, Sender> _senders = new();
    private readonly ConcurrentDictionary<Socket, SiloAddress?> _accepted = new();
    private Socket? _listener;
    private long _warnedAt;
    private Task _accepting = Task.CompletedTask;

    public void Listen(IPEndPoint endpoint)
    {
        _listener = new(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _listener.Bind(endpoint);
            _listener.Listen(512);
        }
        catch (SocketException exception)
        {
            throw new OrleansConfigurationException($"The silo cannot listen at {endpoint}: {exception.Message}. Is another silo running there?", exception);
        }

        _accepting = CleanContext.Run(this, static connections => Task.Run(connections.AcceptAsync));
    }

    public void Send(SiloAddress target, Message message)
    {
        message.TargetSilo = target;
        if (target.Equals(silo.Address))
        {
            silo.Router.Receive(message);
            return;
        }

        if (_stopping.IsCancellationRequested || silo.Membership.Current.IsGone(target))
        {
            silo.Router.Undelivered(message);
            return;
        }

        var sender = _senders.GetOrAdd(target, static (target, silo) => new Sender(silo, target), silo);
        sender.Send(message);
    }

    /// <summary>Connects before there is anything to send, so that the peer's end is noticed at once.</summary>
    public void Watch(SiloAddress target) => _senders.GetOrAdd(target, static (target, silo) => new Sender(silo, target), silo);

    /// <summary>Closes what belongs to a dead silo; what was not sent yet finds another way.</summary>
    public void SiloDied(SiloAddress dead)
    {
        foreach (var (socket, peer) in _accepted)
        {
            if (dead.Equals(peer))
            {
                socket.Dispose();
            }
        }

        if (_senders.TryRemove(dead, out var sender))
        {
            sender.Dispose();
        }
    }

    /// <summary>Whether something is, or could still be, sent there.</summary>
    public bool HasSenderTo(SiloAddress target) => _senders.ContainsKey(target);

    /// <summary>Forgets a sender that has ended by itself.</summary>
    public void SenderEnded(SiloAddress target, Sender sender) => _senders.TryRemove(new KeyValuePair<SiloAddress, Sender>(target, sender));

    /// <summary>Waits a little until what was sent has been written.</summary>
    public async Task DrainAsync(CancellationToken token)
    {
        for (var tries = 0; tries < 100 && _senders.Values.Any(static sender => sender.HasMessages) && !token.IsCancellationRequested; tries++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), silo.Time, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener?.Dispose();
        foreach (var sender in _senders.Values)
        {
            sender.Dispose();
        }

        foreach (var socket in _accepted.Keys)
        {
            socket.Dispose();
        }

        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener!.AcceptAsync(_stopping.Token);
            }
            catch (SocketException exception) when (!_stopping.IsCancellationRequested)
            {
                silo.Logs.ConnectionFailed(exception, null);
                continue;
            }

            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        _accepted[socket] = null;
        SiloAddress? peer = null;
        EndPoint? remote = null;
        try
        {
            remote = socket.RemoteEndPoint;
            socket.NoDelay = true;
            await using var network = new NetworkStream(socket, ownsSocket: true);
            var stream = (Stream)network;
            using (var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token))
            {
                timeout.CancelAfter(HandshakeTimeout);
                stream = await silo.Security.AsServerAsync(network, timeout.Token);
                (var verdict, peer) = await Handshake.ReadRequestAsync(stream, silo.ClusterId, silo.Address, silo.Membership.Current.IsGone, timeout.Token);
                await Handshake.WriteVerdictAsync(stream, verdict, timeout.Token);
                if (peer is null)
                {
                    silo.Logs.HandshakeRefused(verdict);
                    return;
                }
            }

            _accepted[socket] = peer;
            await new Receiver(silo, peer).RunAsync(stream, _stopping.Token);
        }
        catch (Exception exception)
        {
            if (exception is AuthenticationException)
            {
                WarnOfStranger(remote, exception);
            }
            else if (exception is not (IOException or SocketException or OperationCanceledException or ObjectDisposedException))
            {
                silo.Logs.MalformedInput(exception, peer);
            }
            else if (!_stopping.IsCancellationRequested && !(peer is not null && silo.Membership.Current.IsGone(peer)))
            {
                silo.Logs.ConnectionFailed(exception, peer);
            }
        }
        finally
        {
            _accepted.TryRemove(socket, out _);
            socket.Dispose();
            if (peer is not null)
            {
                silo.Calls.ConnectionBroke(peer);
            }
        }
    }

    // A silo without a certificate tries again and again.
    private void WarnOfStranger(EndPoint? remote, Exception reason)
    {
        var now = silo.Time.GetTimestamp();
        var before = Volatile.Read(ref _warnedAt);
        if (before == 0 || silo.Time.GetElapsedTime(before, now) > WarningPeriod)
        {
            Volatile.Write(ref _warnedAt, now);
            silo.Logs.NotTrusted(remote, reason.Message);
        }
    }
}
