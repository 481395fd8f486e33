using System.Text.Json;
using Granary.Gateway.Chat;
using Granary.Gateway.Tests.Running;
using Granary.Gateway.Tests.Scripted;
using Granary.Host.Chat;

namespace Granary.Gateway.Tests.Chat;

public sealed class HubLimitsTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stream_beyondSixteenOfOneConnection_isRefused_andCallsPass()
    {
        var turn = ScriptedTurn.Words(3);
        turn.Holds = 1;
        var grains = new ScriptedGrains();
        grains.Sessions[Id] = new ScriptedSession(Id, turn);
        await using var gateway = await ScriptedGateway.StartAsync(grains);
        await using var hub = await ConnectAsync(gateway);
        var running = new List<IAsyncEnumerator<JsonElement>>();
        for (var i = 0; i < HubLimits.MaxStreams; i++)
        {
            running.Add(Resume(hub));
            Assert.True(await running[^1].MoveNextAsync()); // it runs
        }

        Assert.Equal("rate_limit_exceeded", (await Assert.ThrowsAsync<HubException>(async () => await Resume(hub).MoveNextAsync())).Code);
        await hub.InvokeAsync<JsonElement>("History", Token, Id);
        await using var other = await ConnectAsync(gateway);
        Assert.True(await Resume(other).MoveNextAsync());

        await running[0].DisposeAsync(); // cancels it
        await Eventually.TrueAsync(async () => await StartsAsync(hub), "a stream that ended made no room");
    }

    private static IAsyncEnumerator<JsonElement> Resume(HubConnection hub) => hub.StreamAsync<JsonElement>("Resume", [Id, 0, 0], Token).GetAsyncEnumerator(Token);

    private static async Task<bool> StartsAsync(HubConnection hub)
    {
        try
        {
            return await Resume(hub).MoveNextAsync();
        }
        catch (HubException refusal) when (refusal.Code == "rate_limit_exceeded")
        {
            return false;
        }
    }

    private static async Task<HubConnection> ConnectAsync(ScriptedGateway gateway)
    {
        var hub = new HubConnection();
        await hub.StartAsync(new Uri(gateway.Url, "hubs/chat"), Token);
        return hub;
    }
}
