using System.Text.Json;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.OpenAi;

/// <summary>Tools with OpenAI's own JavaScript client, Qwen3's template and tokenizer, and replies that the tests decide.</summary>
[Collection(EchoGatewayTests.Name)]
public sealed class OpenAiJsToolTests(EchoGateway gateway)
{
    [Fact]
    public async Task Stream_textAndTwoCalls_arePutTogetherByTheClient()
    {
        var result = await RunAsync("toolStream");

        Assert.Equal("Let me see.", string.Concat(result.GetProperty("contents").EnumerateArray().Select(item => item.GetString())));
        AssertCalls(result.GetProperty("choice"), "Zürich", "Oslo");
    }

    /// <summary>The client's own helper puts the pieces together, and tells whoever listens of each.</summary>
    [Fact]
    public async Task Stream_aCallThatMustBeMade_comesInPieces()
    {
        const string Arguments = """{"city": "Zürich", "days": [1, 2]}""";
        var result = await RunAsync("toolPieces");

        AssertCalls(result.GetProperty("streamed"), "Zürich");
        AssertCalls(result.GetProperty("whole"), "Zürich");
        Assert.Equal(Arguments, result.GetProperty("streamed").GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal(Arguments, result.GetProperty("whole").GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal([Arguments], result.GetProperty("done").EnumerateArray().Select(item => item.GetString()));
        var deltas = result.GetProperty("deltas").EnumerateArray().ToArray();
        Assert.Equal("get_weather", deltas[0].GetProperty("function").GetProperty("name").GetString());
        Assert.Equal("", deltas[0].GetProperty("function").GetProperty("arguments").GetString());
        Assert.InRange(deltas.Length, 6, 100);
        Assert.All(deltas, delta => Assert.Equal(0, delta.GetProperty("index").GetInt32()));
        Assert.All(deltas[1..], delta => Assert.False(delta.TryGetProperty("id", out _) || delta.TryGetProperty("type", out _) || delta.GetProperty("function").TryGetProperty("name", out _)));
        Assert.Equal(Arguments, string.Concat(deltas.Select(delta => delta.GetProperty("function").GetProperty("arguments").GetString())));
        Assert.Equal(Arguments, string.Concat(result.GetProperty("pieces").EnumerateArray().Select(item => item.GetString())));
    }

    [Fact]
    public async Task Chat_aCall_hasNoContent()
    {
        var choice = await RunAsync("toolWhole");

        AssertCalls(choice, "Paris");
        Assert.Equal(JsonValueKind.Null, choice.GetProperty("message").GetProperty("content").ValueKind);
        var (request, prompt) = gateway.Engine.Last;
        Assert.Null(request.Sampling.Constraint);
        Assert.Contains("\"name\": \"get_weather\"", prompt, StringComparison.Ordinal);
        Assert.EndsWith("<|im_start|>assistant\n", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunTools_theResult_comesBackInTheTemplatesWords()
    {
        var result = await RunAsync("toolRun");

        Assert.Equal(["Rome"], result.GetProperty("asked").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal("<tool_response>\nsunny\n</tool_response>", result.GetProperty("text").GetString());
        Assert.Contains("<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Rome\"}}\n</tool_call><|im_end|>", gateway.Engine.Last.Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_aCallOfWhatWasNotOffered_isText()
    {
        var choice = await RunAsync("toolMalformed");

        Assert.Contains("launch", choice.GetProperty("message").GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.False(choice.GetProperty("message").TryGetProperty("tool_calls", out _));
    }

    [Fact]
    public async Task Chat_withoutParallelCalls_hasTheFirst() => AssertCalls(await RunAsync("toolSerial"), "Bern");

    [Fact]
    public async Task Chat_noneIsToBeCalled_isText()
    {
        var choice = await RunAsync("toolNone");

        Assert.Contains("<tool_call>", choice.GetProperty("message").GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("# Tools", gateway.Engine.Last.Prompt, StringComparison.Ordinal);
    }

    private static void AssertCalls(JsonElement choice, params string[] cities)
    {
        var calls = choice.GetProperty("message").GetProperty("tool_calls").EnumerateArray().ToArray();
        Assert.Equal(cities, calls.Select(call => JsonDocument.Parse(call.GetProperty("function").GetProperty("arguments").GetString()!).RootElement.GetProperty("city").GetString()));
        Assert.All(calls, call => Assert.Equal(("function", "get_weather"), (call.GetProperty("type").GetString(), call.GetProperty("function").GetProperty("name").GetString())));
        Assert.Equal(calls.Length, calls.Select(call => call.GetProperty("id").GetString()).Distinct().Count());
        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
    }

    private Task<JsonElement> RunAsync(string scenario) => NodeScript.RunAsync("openai.cjs", gateway.Url, scenario);
}
