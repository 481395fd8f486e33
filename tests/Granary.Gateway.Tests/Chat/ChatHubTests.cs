using System.Text;
using System.Text.Json;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.Chat;

/// <summary>The hub through the stock SignalR client.</summary>
[Collection(DemoGatewayTests.Name)]
public sealed class ChatHubTests(DemoGateway gateway)
{
    [Fact]
    public async Task Conversation_fromCreateToDelete_isKeptAndForgotten()
    {
        var result = await RunAsync("conversation");

        Assert.Equal(DemoGateway.Model, result.GetProperty("models")[0].GetProperty("name").GetString());
        var session = result.GetProperty("session");
        Assert.Equal("Greetings", session.GetProperty("title").GetString());
        foreach (var turn in new[] { "first", "second" })
            AssertWhole(result.GetProperty(turn).EnumerateArray().ToArray());

        var history = result.GetProperty("history");
        var messages = history.GetProperty("messages").EnumerateArray().ToArray();
        Assert.Equal(["system", "user", "assistant", "user", "assistant"], messages.Select(message => message.GetProperty("role").GetString()));
        Assert.Equal(Text(result.GetProperty("second")), messages[4].GetProperty("content").GetString());
        Assert.False(history.GetProperty("isAnswering").GetBoolean());
        Assert.Equal(2, result.GetProperty("listed").GetProperty("turns").GetInt32());
        Assert.False(result.GetProperty("after").GetProperty("listed").GetBoolean());
        Assert.Equal("session_not_found", result.GetProperty("after").GetProperty("history").GetString());
    }

    [Fact]
    public async Task Send_withSampling_isConstrainedAndReported()
    {
        var result = await RunAsync("sampling");

        Assert.Contains(Text(result.GetProperty("events")), (string[])["purple", "orange"]);
        Assert.Equal("invalid_request", result.GetProperty("both").GetString());
        var frames = result.GetProperty("events").EnumerateArray().Skip(1).Select(item => item.GetProperty("frame")).ToArray();
        Assert.Equal(
            Text(result.GetProperty("events")),
            Encoding.UTF8.GetString([.. frames.SelectMany(frame => frame.GetProperty("logProbs").EnumerateArray()).SelectMany(place => place.GetProperty("chosen").GetProperty("bytes").GetBytesFromBase64())]));
        Assert.All(frames, frame => Assert.False(frame.TryGetProperty("choice", out _)));
    }

    [Fact]
    public Task Stop_fromAnotherConnection_endsTheStreamAndKeepsTheText() => gateway.AssertStopsAsync(async () =>
    {
        var result = await RunAsync("stop");

        var events = result.GetProperty("events");
        Assert.Equal("cancelled", events.EnumerateArray().Last().GetProperty("frame").GetProperty("finishReason").GetString());
        Assert.Equal(Text(events), result.GetProperty("history").GetProperty("messages")[1].GetProperty("content").GetString());
    });

    [Fact]
    public async Task Send_byAConnectionThatIsLost_goesOn_andIsResumedOnAnother()
    {
        var result = await RunAsync("leave");

        AssertWhole(result.GetProperty("events").EnumerateArray().ToArray());
        Assert.Equal(0, result.GetProperty("during").GetProperty("runningTurn").GetInt32());
        Assert.True(result.GetProperty("during").GetProperty("isAnswering").GetBoolean());
        Assert.Equal(Text(result.GetProperty("events")), Text(result.GetProperty("again")));
        var history = result.GetProperty("history");
        Assert.Equal(Text(result.GetProperty("events")), Assert.Single(Replies(history)));
        Assert.False(history.TryGetProperty("runningTurn", out _));
    }

    [Fact]
    public async Task Resume_byAnotherConnection_followsLive_andRepeatsLater()
    {
        var result = await RunAsync("follow");

        foreach (var stream in new[] { "events", "followed", "later" })
        {
            var events = result.GetProperty(stream).EnumerateArray().Where(item => item.TryGetProperty("frame", out _));
            AssertWhole([result.GetProperty("events")[0], .. events]);
            Assert.Equal(Text(result.GetProperty("events")), Text(result.GetProperty(stream)));
        }
    }

    [Fact]
    public Task Send_disposed_stopsTheEngineAndKeepsTheText() => gateway.AssertStopsAsync(async () =>
    {
        var history = (await RunAsync("dispose")).GetProperty("history");

        var reply = history.GetProperty("messages")[1];
        Assert.Equal("assistant", reply.GetProperty("role").GetString());
        Assert.NotEmpty(reply.GetProperty("content").GetString()!);
    });

    [Fact]
    public async Task Send_whileAnswering_isRefused() =>
        Assert.Equal("session_busy", (await RunAsync("busy")).GetProperty("second").GetString());

    [Fact]
    public async Task Refusals_haveStableCodes()
    {
        var result = await RunAsync("refusals");

        Assert.Equal(DemoGateway.Model, result.GetProperty("model").GetString());
        Assert.Equal("model_not_found", result.GetProperty("unknownModel").GetString());
        Assert.Equal("invalid_request", result.GetProperty("nullArgument").GetString());
        Assert.Equal("session_not_found", result.GetProperty("unknownSession").GetString());
        Assert.Equal("session_not_found", result.GetProperty("malformedSession").GetString());
        Assert.Equal("invalid_request", result.GetProperty("emptyText").GetString());
        Assert.Equal("invalid_request", result.GetProperty("noReply").GetString());
        Assert.Equal("invalid_request", result.GetProperty("badSampling").GetString());
        Assert.Equal("invalid_request", result.GetProperty("badPage").GetString());
        Assert.Equal("too_large", result.GetProperty("longText").GetString());
        Assert.True(result.GetProperty("stillAlive").GetBoolean());
    }

    [Fact]
    public async Task Message_overTheWireLimit_closesTheConnectionWithTheReason() =>
        Assert.Contains("maximum message size", (await RunAsync("oversized")).GetProperty("closed").GetString(), StringComparison.Ordinal);

    // First who answers, then frames without hole or overlap, the last with reason and usage.
    private static void AssertWhole(JsonElement[] events)
    {
        Assert.Equal("test-silo", events[0].GetProperty("silo").GetString());
        Assert.Equal("test-zone", events[0].GetProperty("zone").GetString());
        Assert.False(events[0].TryGetProperty("frame", out _));
        var next = 0;
        foreach (var frame in events.Skip(1).Select(item => item.GetProperty("frame")))
        {
            Assert.Equal(next, frame.GetProperty("firstIndex").GetInt32());
            next += frame.GetProperty("tokens").GetArrayLength();
        }

        var last = events[^1].GetProperty("frame");
        Assert.Contains(last.GetProperty("finishReason").GetString(), (string[])["stop", "length"]);
        Assert.True(last.GetProperty("usage").GetProperty("outputTokens").GetInt32() > 0);
    }

    private static IEnumerable<string?> Replies(JsonElement history) => history.GetProperty("messages").EnumerateArray()
        .Where(message => message.GetProperty("role").GetString() == "assistant").Select(message => message.GetProperty("content").GetString());

    private static string Text(JsonElement events) =>
        string.Concat(events.EnumerateArray().Select(item => item.TryGetProperty("frame", out var frame) ? frame.GetProperty("text").GetString() : ""));

    private Task<JsonElement> RunAsync(string scenario) => NodeScript.RunAsync("signalr.cjs", gateway.Url, scenario);
}
