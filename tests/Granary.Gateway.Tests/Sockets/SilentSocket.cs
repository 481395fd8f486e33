using System.Net.WebSockets;

namespace Granary.Gateway.Tests.Sockets;

/// <summary>A connection whose client has sent much, and reads nothing but a close frame, which it answers.</summary>
internal sealed class SilentSocket(byte[] message) : WebSocket
{
    private readonly TaskCompletionSource _never = new();
    private readonly TaskCompletionSource<ValueWebSocketReceiveResult> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebSocketCloseStatus? _status;

    /// <summary>Messages that it sends.</summary>
    public int Sends { get; init; } = 1000;

    /// <summary>Whether they have ends.</summary>
    public bool Ends { get; init; } = true;

    /// <summary>Messages that were read from it.</summary>
    public int Read { get; private set; }

    /// <summary>Whether a message was cut, for which .NET's own sockets abort the connection.</summary>
    public bool IsCut { get; private set; }

    public override WebSocketCloseStatus? CloseStatus => _status;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => WebSocketState.Open;

    public override string? SubProtocol => null;

    public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Read == Sends)
            return new(_closed.Task.WaitAsync(cancellationToken));
        Read++;
        message.CopyTo(buffer);
        return new(new ValueWebSocketReceiveResult(message.Length, WebSocketMessageType.Text, Ends));
    }

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override async Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        try
        {
            await _never.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            IsCut = true;
            throw;
        }
    }

    public override void Abort()
    {
    }

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        _status = closeStatus;
        _closed.TrySetResult(new(0, WebSocketMessageType.Close, endOfMessage: true));
        return Task.CompletedTask;
    }

    public override void Dispose()
    {
    }
}
