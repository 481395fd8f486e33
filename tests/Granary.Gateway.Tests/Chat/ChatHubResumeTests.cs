using Granary.Gateway.Tests.Running;
using Granary.Gateway.Tests.Scripted;
using Granary.Host.Chat;

namespace Granary.Gateway.Tests.Chat;

/// <summary>What becomes of a reply when connections and silos go, over real sockets.</summary>
public sealed class ChatHubResumeTests : IAsyncLifetime
{
    private const string Id = "0123456789abcdef0123456789abcdef";
    private const int Length = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ScriptedGrains _grains = new();
    private ScriptedGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await ScriptedGateway.StartAsync(_grains, "http://a.example:5080", "http://b.example:5080");

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Gateways_areThoseThatLive()
    {
        await using var hub = await ConnectAsync();

        Assert.Equal(["http://a.example:5080", "http://b.example:5080"], await hub.InvokeAsync<string[]>("Gateways", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Resume_atEveryIndex_givesTheRest()
    {
        Script(ScriptedTurn.Words(Length));
        await using var hub = await ConnectAsync();

        for (var next = 0; next < Length; next++)
            Assert.Equal(Enumerable.Range(next, Length - next), await TokensAsync(hub, "Resume", Id, 0, next));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    public async Task Resume_beforeTheBeginning_isRefused(int turn, int nextIndex)
    {
        Script(ScriptedTurn.Words(Length));
        await using var hub = await ConnectAsync();

        Assert.Equal("invalid_request", (await Assert.ThrowsAsync<HubException>(() => TokensAsync(hub, "Resume", Id, turn, nextIndex))).Code);
    }

    [Fact]
    public async Task Send_whoseGrainDiesBeforeEveryToken_isWhole()
    {
        var broken = new HashSet<int>();
        var turn = ScriptedTurn.Words(Length);
        turn.BreaksBefore = broken.Add;
        var session = Script(turn);
        session.LostAnswers = 1;
        await using var hub = await ConnectAsync();

        Assert.Equal(Enumerable.Range(0, Length), await TokensAsync(hub, "Send", Id, new { text = "Hello", id = "mine", priority = -5 }));

        Assert.Equal([-5, -5], session.Sent.Select(message => message.Priority));
        Assert.Equal(["mine", "mine"], session.Sent.Select(message => message.MessageId));
    }

    [Fact]
    public async Task Send_withoutAnId_isGivenOne()
    {
        var session = Script(ScriptedTurn.Words(Length));
        session.LostAnswers = 1;
        await using var hub = await ConnectAsync();

        await TokensAsync(hub, "Send", Id, new { text = "Hello" });

        Assert.NotEmpty(Assert.Single(session.Sent.Select(message => message.MessageId).Distinct())!);
    }

    [Fact]
    public async Task Send_withALongId_isRefused()
    {
        Script(ScriptedTurn.Words(Length));
        await using var hub = await ConnectAsync();

        var refusal = await Assert.ThrowsAsync<HubException>(() => TokensAsync(hub, "Send", Id, new { text = "Hello", id = new string('x', 101) }));

        Assert.Equal("invalid_request", refusal.Code);
    }

    [Theory]
    [InlineData(-101)]
    [InlineData(101)]
    public async Task Send_withAPriorityOutOfRange_isRefused(int priority)
    {
        Script(ScriptedTurn.Words(Length));
        await using var hub = await ConnectAsync();

        var refusal = await Assert.ThrowsAsync<HubException>(() => TokensAsync(hub, "Send", Id, new { text = "Hello", priority }));

        Assert.Equal("invalid_request", refusal.Code);
    }

    [Fact]
    public async Task Send_cancelled_stopsTheReply()
    {
        var turn = ScriptedTurn.Words(Length);
        turn.Holds = 5;
        var session = Script(turn);
        await using var hub = await ConnectAsync();

        await foreach (var item in hub.StreamAsync<TurnItem>("Send", [Id, new { text = "Hello" }], TestContext.Current.CancellationToken))
        {
            if (item.Frame?.FirstIndex == 4)
                break;
        }

        await session.Stopped.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Resume_cancelled_leavesTheReplyRunning()
    {
        var turn = ScriptedTurn.Words(Length);
        turn.Holds = 5;
        var session = Script(turn);
        await using var hub = await ConnectAsync();

        await foreach (var item in hub.StreamAsync<TurnItem>("Resume", [Id, 0, 0], TestContext.Current.CancellationToken))
        {
            if (item.Frame?.FirstIndex == 4)
                break;
        }

        await turn.Left.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await AssertGoesOnAsync(hub, turn, session);
    }

    [Fact]
    public async Task Send_byAConnectionThatVanishes_leavesTheReplyRunning()
    {
        var turn = ScriptedTurn.Words(Length);
        turn.Holds = 5;
        var session = Script(turn);
        using (var lost = await StubbornSocket.StartAsync(_gateway.Url, "Send", Id, new { text = "Hello" }))
        {
            Assert.Equal(Enumerable.Range(0, 5), await lost.ReadTokensAsync(most: 5));
            lost.Vanish();
        }

        await turn.Left.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        await using var hub = await ConnectAsync();
        await AssertGoesOnAsync(hub, turn, session);
    }

    [Fact]
    public async Task Resume_onTwoConnections_givesBothEverything()
    {
        var turn = ScriptedTurn.Words(Length);
        turn.Holds = 5;
        Script(turn);
        using var one = await StubbornSocket.StartAsync(_gateway.Url, "Send", Id, new { text = "Hello" });
        using var two = await StubbornSocket.StartAsync(_gateway.Url, "Resume", Id, 0, 0);
        var (first, second) = (await one.ReadTokensAsync(most: 5), await two.ReadTokensAsync(most: 5));

        turn.Release();

        Assert.Equal(Enumerable.Range(0, Length), first.Concat(await one.ReadTokensAsync()));
        Assert.Equal(Enumerable.Range(0, Length), second.Concat(await two.ReadTokensAsync()));
    }

    [Fact]
    public async Task Resume_byAReaderThatDoesNotRead_takesNothingMoreFromTheGrain_andLosesNothing()
    {
        const int Frames = 2_500;
        const int FrameChars = 10_000;
        const int MostChars = 12_000_000; // two sockets' buffers, of which the system grows one, and two pipes
        const int RestingTicks = 15;
        var turn = ScriptedTurn.Words(Frames, FrameChars);
        Script(turn);
        using var stubborn = await StubbornSocket.StartAsync(_gateway.Url, "Resume", Id, 0, 0);

        var (before, resting) = (0, 0);
        await Eventually.TrueAsync(
            () =>
            {
                resting = turn.Given > 0 && turn.Given == before ? resting + 1 : 0;
                before = turn.Given;
                return Task.FromResult(resting == RestingTicks);
            },
            "it did not come to rest");

        Assert.InRange(turn.Given, 1, MostChars / FrameChars);
        Assert.Equal(Enumerable.Range(0, Frames), await stubborn.ReadTokensAsync());
    }

    private ScriptedSession Script(ScriptedTurn turn) => _grains.Sessions[Id] = new ScriptedSession(Id, turn);

    private async Task<HubConnection> ConnectAsync()
    {
        var hub = new HubConnection();
        await hub.StartAsync(new Uri(_gateway.Url, "hubs/chat"), TestContext.Current.CancellationToken);
        return hub;
    }

    private static async Task<List<int>> TokensAsync(HubConnection hub, string method, params object?[] arguments)
    {
        var tokens = new List<int>();
        await foreach (var item in hub.StreamAsync<TurnItem>(method, arguments, TestContext.Current.CancellationToken))
            tokens.AddRange(item.Frame?.Tokens ?? []);
        return tokens;
    }

    private static async Task AssertGoesOnAsync(HubConnection hub, ScriptedTurn turn, ScriptedSession session)
    {
        turn.Release();
        Assert.Equal(Enumerable.Range(5, Length - 5), await TokensAsync(hub, "Resume", Id, 0, 5));
        Assert.False(session.Stopped.Task.IsCompleted);
    }

    private sealed record TurnItem(TurnItem.Tokened? Frame)
    {
        internal sealed record Tokened(int FirstIndex, int[] Tokens);
    }
}
