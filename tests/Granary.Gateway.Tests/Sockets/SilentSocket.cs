using System.Net.WebSockets;

namespace Granary.Gateway.Tests.Sockets;

/// <summary>A connection whose client has sent much, and reads nothing.</summary>
internal sealed class SilentSocket(byte[] message) : WebSocket
{
    private readonly TaskCompletionSource _never = new();

    /// <summary>Messages that were read from it.</summary>
    public int Read { get; private set; }

    /// <summary>Whether a message was cut, for which .NET's own sockets abort the connection.</summary>
    public bool IsCut { get; private set; }

    public override WebSocketCloseStatus? CloseStatus => null;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => WebSocketState.Open;

    public override string? SubProtocol => null;

    public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Read == 1000)
            return new(_never.Task.WaitAsync(cancellationToken).ContinueWith(_ => default(ValueWebSocketReceiveResult), cancellationToken, TaskContinuationOptions.None, TaskScheduler.Default));
        Read++;
        message.CopyTo(buffer);
        return new(new ValueWebSocketReceiveResult(message.Length, WebSocketMessageType.Text, endOfMessage: true));
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

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Dispose()
    {
    }
}
