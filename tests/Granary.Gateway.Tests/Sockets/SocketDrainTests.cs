using System.Net.WebSockets;
using Granary.Gateway.Draining;
using Granary.Gateway.Tests.Running;
using Granary.Gateway.Tests.Scripted;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Gateway.Tests.Sockets;

/// <summary>Sockets are real, the cluster behind them is not.</summary>
public sealed class SocketDrainTests
{
    private static readonly object Body = new { model = "m", messages = new[] { new { role = "user", content = "x" } } };

    [Fact]
    public async Task Gateway_thatIsEmptied_endsWhatRunsTakesNothingNewAndClosesTheConnection()
    {
        var turn = ScriptedTurn.Words(4);
        turn.Holds = 2;
        var grains = new ScriptedGrains { Completion = new(turn) };
        await using var gateway = await ScriptedGateway.StartAsync(grains);
        var open = gateway.Services.GetRequiredService<OpenConnections>();
        using var socket = await SocketClient.ConnectAsync(gateway.Url);
        await socket.TellAsync(new { id = "1", type = "complete", body = Body });
        await socket.ReadAsync();
        Assert.Equal((1, 1), (open.Connections, open.Count));

        grains.SendsAway = true;
        var answers = new List<System.Text.Json.JsonElement>();
        await socket.TellAsync(new { id = "2", type = "complete", body = Body });
        do
            answers.Add(await socket.ReadAsync());
        while (!answers[^1].TryGetProperty("error", out _));
        Assert.Equal(("2", "unavailable"), (answers[^1].GetProperty("id").GetString(), answers[^1].GetProperty("error").GetProperty("code").GetString()));
        turn.Release();
        do
            answers.Add(await socket.ReadAsync());
        while (!answers[^1].TryGetProperty("done", out _));

        Assert.Equal("1", answers[^1].GetProperty("id").GetString());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await ReadCloseAsync(socket));
        await Eventually.TrueAsync(() => Task.FromResult((open.Connections, open.Count) == (0, 0)), "the connection was still there");
    }

    [Fact]
    public async Task Gateway_thatStops_saysSoWhateverRuns()
    {
        var turn = ScriptedTurn.Words(4);
        turn.Holds = 2;
        var gateway = await ScriptedGateway.StartAsync(new ScriptedGrains { Completion = new(turn) });
        using var socket = await SocketClient.ConnectAsync(gateway.Url);
        await socket.TellAsync(new { id = "1", type = "complete", body = Body });
        await socket.ReadAsync();

        var stopped = gateway.DisposeAsync();

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await ReadCloseAsync(socket));
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        await stopped;
    }

    private static async Task<WebSocketCloseStatus?> ReadCloseAsync(WebSocket socket)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        var buffer = new byte[64 << 10];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), patience.Token)).MessageType != WebSocketMessageType.Close)
        {
        }

        return socket.CloseStatus;
    }
}
