using Granary.Gateway.Identity;
using Granary.Gateway.Limits;
using Granary.Gateway.Sockets;
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
        var running = new RunningSockets(NullLogger<RunningSockets>.Instance);
        using var perKey = new RunningPerKey(Options.Create(new GatewayOptions()));
        using var connection = new SocketConnection(
            socket, new DefaultHttpContext { User = CallerIdentity.Principal(Caller.Local) }, new SocketCalls(null!, null!), running, perKey, new GatewayOptions());
        using var ending = new CancellationTokenSource();

        var run = connection.RunAsync(ending.Token); // nothing of it waits for another thread until nothing can be written

        // The id of the first is free before its last message is out; the second's last message waits behind that one, and the third is refused its id.
        Assert.Equal((3, 2, false), (socket.Read, running.Count, run.IsCompleted));
        await ending.CancelAsync();
        await run;
        Assert.Equal(0, running.Count);
    }
}
