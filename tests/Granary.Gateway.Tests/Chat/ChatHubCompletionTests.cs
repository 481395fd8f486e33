using System.Text.Json;
using Granary.Gateway.Tests.Scripted;
using Granary.Host.Chat;

namespace Granary.Gateway.Tests.Chat;

/// <summary>What becomes of a completion over the hub when its connection goes or its client cancels.</summary>
public sealed class ChatHubCompletionTests : IAsyncLifetime
{
    private const int Length = 10;

    private static readonly object Start = new { body = new { model = "m", messages = new[] { new { role = "user", content = "Hello" } } } };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ScriptedGrains _grains = new();
    private ScriptedGateway _gateway = null!;
    private ScriptedGateway _other = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => (_gateway, _other) = (await ScriptedGateway.StartAsync(_grains), await ScriptedGateway.StartAsync(_grains));

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task Complete_cancelled_stopsIt()
    {
        var turn = ScriptedTurn.Words(Length);
        turn.Holds = 5;
        _grains.Completion = new ScriptedCompletion(turn);
        await using var hub = await ConnectAsync(_gateway);

        await foreach (var item in hub.StreamAsync<JsonElement>("Complete", [Start], Token))
        {
            if (item.GetProperty("eventId").GetString() == "4:1")
                break;
        }

        await _grains.Completion.Stopped.Task.WaitAsync(Patience, Token);
    }

    [Fact]
    public async Task Complete_byAConnectionThatIsLost_goesOn_andIsFollowedAtAnotherGateway()
    {
        var turn = ScriptedTurn.Words(Length);
        turn.Holds = 5;
        _grains.Completion = new ScriptedCompletion(turn);
        var (id, had) = ("", new List<string>());
        await using (var lost = await ConnectAsync(_gateway))
        {
            await using var events = lost.StreamAsync<JsonElement>("Complete", [Start], Token).GetAsyncEnumerator(Token);
            while (!had.Contains("4:1"))
            {
                Assert.True(await events.MoveNextAsync());
                id = events.Current.GetProperty("event").GetProperty("id").GetString()!;
                had.Add(events.Current.GetProperty("eventId").GetString()!);
            }

            lost.Abort();
        }

        await turn.Left.Task.WaitAsync(Patience, Token);
        turn.Release();
        await using var hub = await ConnectAsync(_other);
        var rest = new List<string>();
        await foreach (var item in hub.StreamAsync<JsonElement>("Follow", [id, "4:1"], Token))
            rest.Add(item.GetProperty("eventId").GetString()!);

        Assert.False(_grains.Completion.Stopped.Task.IsCompleted);
        Assert.Equal(["5:1", "6:1", "7:1", "8:1", "9:1", "9:2"], rest);
    }

    [Fact]
    public async Task Complete_thatIsWrong_isRefusedWithItsCode()
    {
        await using var hub = await ConnectAsync(_gateway);

        foreach (var start in new object[] { new { }, new { body = new { model = "m" } }, new { kind = "text", body = new { model = "m", prompt = "x", n = 1, best_of = 2 } } })
        {
            var refusal = await Assert.ThrowsAsync<HubException>(async () => await hub.StreamAsync<JsonElement>("Complete", [start], Token).GetAsyncEnumerator(Token).MoveNextAsync());
            Assert.Equal("invalid_request", refusal.Code);
        }
    }

    private static async Task<HubConnection> ConnectAsync(ScriptedGateway gateway)
    {
        var hub = new HubConnection();
        await hub.StartAsync(new Uri(gateway.Url, "hubs/chat"), Token);
        return hub;
    }
}
