using System.Buffers;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Orleans.Runtime.Messaging;

/// <summary>
/// Sends to one silo, connecting again and again until it is gone. What waits is written in batches. A refused connection is told to <see cref="Membership.SiloWatch"/>.
/// </summary>
internal sealed class Sender : IDisposable
{
    private const int BatchBytes = 128 * 1024;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly SiloRuntime _silo;
    private readonly SiloAddress _target;
    private readonly Channel<Message> _queue = Channel.CreateUnbounded<Message>(new() { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly WireWriter _header = new();
    private int _unwritten;
    private readonly ArrayBufferWriter<byte> _batch = new(BatchBytes);

    public Sender(SiloRuntime silo, SiloAddress target)
    {
        _silo = silo;
        _target = target;
        _ = CleanContext.Run(this, static sender => Task.Run(sender.RunAsync));
    }

    /// <summary>Whether something waits or is being written.</summary>
    public bool HasMessages => Volatile.Read(ref _unwritten) > 0;

    public void Send(Message message)
    {
        Interlocked.Increment(ref _unwritten);
        if (!_queue.Writer.TryWrite(message))
        {
            Interlocked.Decrement(ref _unwritten);
            _silo.Router.Undelivered(message);
        }
    }

    /// <summary>Stops; what was not sent goes back to the router.</summary>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _stopping.Cancel();
    }

    private async Task RunAsync()
    {
        var refusals = 0;
        while (!_stopping.IsCancellationRequested && !_silo.Membership.Current.IsGone(_target))
        {
            try
            {
                await using var stream = await ConnectAsync();
                refusals = 0;
                try
                {
                    await SendAllAsync(stream);
                }
                finally
                {
                    _silo.Calls.ConnectionBroke(_target);
                }
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // Twice, since a silo that comes up may not listen for an instant.
                if (++refusals >= 2)
                {
                    _silo.Watch.ConnectionRefused(_target);
                }
            }
            catch (Exception exception)
            {
                if (!_stopping.IsCancellationRequested)
                {
                    _silo.Logs.ConnectionFailed(exception, _target);
                }
            }

            await Task.Delay(RetryDelay, _silo.Time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Whoever asked for a sender just before the silo was found to be gone has made one that nobody else ends.
        _queue.Writer.TryComplete();
        _silo.Connections.SenderEnded(_target, this);
        while (_queue.Reader.TryRead(out var message))
        {
            _silo.Router.Undelivered(message);
        }

        _header.Dispose();
    }

    private async Task<Stream> ConnectAsync()
    {
        var socket = new Socket(_target.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            timeout.CancelAfter(ConnectTimeout);
            await socket.ConnectAsync(_target.Endpoint, timeout.Token);
            var stream = await _silo.Security.AsClientAsync(new NetworkStream(socket, ownsSocket: true), timeout.Token);
            await Handshake.WriteRequestAsync(stream, _silo.ClusterId, _silo.Address, _target, timeout.Token);
            var verdict = await Handshake.ReadVerdictAsync(stream, timeout.Token);
            if (verdict == HandshakeVerdict.Welcome)
            {
                return stream;
            }

            if (verdict == HandshakeVerdict.WrongSilo)
            {
                _silo.Watch.Replaced(_target);
            }
            else if (verdict == HandshakeVerdict.YouAreDead)
            {
                await _silo.Membership.RefreshAsync();
            }

            throw new IOException($"{_target} refused the connection: {verdict}.");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task SendAllAsync(Stream stream)
    {
        using var connection = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var closed = WaitUntilClosedAsync(stream, connection);
        while (await _queue.Reader.WaitToReadAsync(connection.Token))
        {
            var written = 0;
            _batch.ResetWrittenCount();
            while (_batch.WrittenCount < BatchBytes && _queue.Reader.TryRead(out var message))
            {
                MessageFrame.Write(_batch, _header, message, _silo.Address);
                message.Caller?.IsSent = true;
                written++;
                message.Payload?.Dispose();
                message.Payload = null;
            }

            try
            {
                await stream.WriteAsync(_batch.WrittenMemory, connection.Token);
            }
            finally
            {
                Interlocked.Add(ref _unwritten, -written);
            }
        }

        await closed;
    }

    // The peer sends nothing after the handshake: whatever ends this read is the connection's end.
    private static async Task WaitUntilClosedAsync(Stream stream, CancellationTokenSource connection)
    {
        try
        {
            _ = await stream.ReadAsync(new byte[1], connection.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Closed.
        }

        await connection.CancelAsync();
    }
}
