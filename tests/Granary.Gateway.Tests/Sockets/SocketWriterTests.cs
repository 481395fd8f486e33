using Granary.Gateway.Sockets;
using Granary.Sessions;

namespace Granary.Gateway.Tests.Sockets;

public sealed class SocketWriterTests
{
    [Fact]
    public async Task Cancelling_aRequestWhoseMessageIsBeingSent_doesNotCutTheMessage()
    {
        using var socket = new SilentSocket([]);
        using var turn = new SemaphoreSlim(1);
        using var connectionLost = new CancellationTokenSource();
        using var cancelled = new CancellationTokenSource();
        var writer = new SocketWriter(socket, "1", turn, connectionLost.Token);
        var sent = writer.EventAsync(new TurnEvent { SessionId = "x", Turn = 0 }, cancelled.Token); // its client reads nothing
        var waits = writer.EventAsync(new TurnEvent { SessionId = "x", Turn = 0 }, cancelled.Token);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
        Assert.Equal((false, false), (sent.IsCompleted, socket.IsCut));
        await connectionLost.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
        Assert.True(socket.IsCut);
    }
}
