using System.Net.WebSockets;
using Granary.Clustering;
using Granary.Gateway.Draining;
using Granary.Gateway.Identity;
using Granary.Gateway.Limits;
using Granary.Gateway.Sockets;
using Granary.Gateway.Tests.Following;
using Granary.Gateway.Tests.Scripted;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Tests.Sockets;

public sealed class SocketConnectionTests
{
    [Fact]
    public async Task Client_thatSendsAndNeverReads_isNotReadAnyFurtherThanItsFirstRefusal()
    {
        using var socket = new SilentSocket("""{"id":"always the same","type":"dance"}"""u8.ToArray());
        using var open = new OpenConnections(StandIn.For<ISiloDrain>(new ScriptedGrains()), TimeProvider.System);
        using var perKey = new RunningPerKey(Options.Create(new GatewayOptions()));
        using var connection = Connect(socket, open, perKey, TimeProvider.System);
        using var ending = new CancellationTokenSource();

        var run = connection.RunAsync(ending.Token); // nothing of it waits for another thread until nothing can be written

        // The id of the first is free before its last message is out; the second's last message waits behind that one, and the third is refused its id.
        Assert.Equal((3, 2, 1, false), (socket.Read, open.Count, open.Connections, run.IsCompleted));
        await ending.CancelAsync();
        await run;
        Assert.Equal((0, 0), (open.Count, open.Connections));
    }

    [Fact]
    public async Task Client_thatBeginsAMessageAndGoesNotOn_isToldAndLeft()
    {
        using var socket = new SilentSocket(new byte[100]) { Sends = 10, Ends = false };
        var time = new JumpingTime();
        using var open = new OpenConnections(StandIn.For<ISiloDrain>(new ScriptedGrains()), time);
        using var perKey = new RunningPerKey(Options.Create(new GatewayOptions()));
        using var connection = Connect(socket, open, perKey, time);

        await connection.RunAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, socket.CloseStatus);
        Assert.InRange(time.Now, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6)); // 100 bytes are worth less than half a second
    }

    private static SocketConnection Connect(WebSocket socket, OpenConnections open, RunningPerKey perKey, TimeProvider time) => new(
        socket,
        new DefaultHttpContext { User = CallerIdentity.Principal(Caller.Local) },
        new SocketCalls(null!, null!, StandIn.For<ISiloDrain>(new ScriptedGrains()), NullLogger<SocketCalls>.Instance),
        open,
        perKey,
        new GatewayOptions(),
        time);
}
