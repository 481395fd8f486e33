using System.Buffers;
using System.Net.WebSockets;
using Granary.Errors;
using Granary.Gateway.Limits;

namespace Granary.Gateway.Sockets;

/// <summary>Reads whole messages. Between them a client may be silent; what it has begun to send must come on, as a body must over HTTP.</summary>
/// <param name="socket">The connection.</param>
/// <param name="options">How large and how slow a message may be.</param>
/// <param name="time">The clock.</param>
/// <param name="tooSlow">Called when a message comes more slowly, while it is being read.</param>
internal sealed class SocketReader(WebSocket socket, GatewayOptions options, TimeProvider time, Action tooSlow) : IDisposable
{
    // Who has sent much in a moment has not bought hours of silence by it.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    private ITimer? _timer;
    private long _begun;
    private TimeSpan _allowed;

    /// <summary>A message; <see langword="null"/> when the client closes.</summary>
    /// <exception cref="GranaryException">It is too large.</exception>
    public async Task<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        var message = new ArrayBufferWriter<byte>();
        var isBegun = false;
        while (true)
        {
            var read = await socket.ReceiveAsync(message.GetMemory(4096), cancellationToken);
            if (read.MessageType == WebSocketMessageType.Close)
                return null;
            message.Advance(read.Count);
            if (message.WrittenCount > options.HubMessageBytes)
                throw new GranaryException(ErrorCode.TooLarge, $"A message is larger than {options.HubMessageBytes} bytes.");
            if (read.EndOfMessage)
            {
                if (isBegun)
                    _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return message.WrittenMemory;
            }

            Watch(read.Count, isBegun);
            isBegun = true;
        }
    }

    /// <summary>Takes what still comes, and throws it away, until the client closes.</summary>
    public async Task DiscardAsync(CancellationToken cancellationToken)
    {
        var nothing = new byte[4096];
        while ((await socket.ReceiveAsync(nothing.AsMemory(), cancellationToken)).MessageType != WebSocketMessageType.Close)
        {
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Watch(int bytes, bool isBegun)
    {
        if (!isBegun)
            (_begun, _allowed) = (time.GetTimestamp(), KestrelLimits.Grace);
        var passed = time.GetElapsedTime(_begun);
        _allowed += TimeSpan.FromSeconds((double)bytes / options.MinBytesPerSecond);
        if (_allowed > passed + LongestSilence)
            _allowed = passed + LongestSilence;
        var left = _allowed > passed ? _allowed - passed : TimeSpan.Zero;
        if (_timer is null)
            _timer = time.CreateTimer(_ => tooSlow(), null, left, Timeout.InfiniteTimeSpan);
        else
            _timer.Change(left, Timeout.InfiniteTimeSpan);
    }
}
