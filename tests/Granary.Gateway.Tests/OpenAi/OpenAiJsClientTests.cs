using System.Text;
using System.Text.Json;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.OpenAi;

/// <summary>OpenAI's own JavaScript client.</summary>
[Collection(DemoGatewayTests.Name)]
public sealed class OpenAiJsClientTests(DemoGateway gateway)
{
    [Fact]
    public async Task Models_listed_hasTheDemoModel()
    {
        var result = await RunAsync("models");

        Assert.Equal([DemoGateway.Model], result.GetProperty("all").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal(DemoGateway.Model, result.GetProperty("one").GetString());
    }

    [Fact]
    public async Task Chat_streamedOrWhole_isTheSameText()
    {
        var whole = await RunAsync("chat");
        var streamed = (await RunAsync("stream")).GetProperty("chunks").EnumerateArray().ToArray();
        var helped = await RunAsync("helper");

        var text = whole.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
        Assert.NotEmpty(text!);
        Assert.Equal(text, string.Concat(streamed.SelectMany(Deltas).Select(delta => delta.TryGetProperty("content", out var content) ? content.GetString() : "")));
        Assert.Equal(text, helped.GetProperty("text").GetString());
        Assert.Equal("assistant", Deltas(streamed[0]).Single().GetProperty("role").GetString());
        Assert.Equal(whole.GetProperty("usage").ToString(), streamed[^1].GetProperty("usage").ToString());
        Assert.Equal(0, streamed[^1].GetProperty("choices").GetArrayLength());
        Assert.Equal(
            whole.GetProperty("choices")[0].GetProperty("finish_reason").GetString(),
            streamed[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Single(streamed.Select(chunk => chunk.GetProperty("id").GetString()).Distinct());
        Assert.StartsWith("chatcmpl-", streamed[0].GetProperty("id").GetString());
        Assert.Equal(whole.GetProperty("system_fingerprint").GetString(), streamed[0].GetProperty("system_fingerprint").GetString());
    }

    [Theory]
    [InlineData("unknownModel", "NotFoundError", 404, "model_not_found", "model")]
    [InlineData("unknownRetrieve", "NotFoundError", 404, "model_not_found", "model")]
    [InlineData("tools", "BadRequestError", 400, "invalid_request", "tools")]
    [InlineData("wrongSchema", "BadRequestError", 400, "invalid_request", null)]
    [InlineData("tooLong", "BadRequestError", 400, "context_length_exceeded", null)]
    [InlineData("tooLarge", "APIError", 413, "too_large", null)]
    public async Task Chat_refused_raisesTheTypedError(string scenario, string error, int status, string code, string? parameter)
    {
        var result = await RunAsync(scenario);

        Assert.Equal(error, result.GetProperty("error").GetString());
        Assert.Equal(status, result.GetProperty("status").GetInt32());
        Assert.Equal(code, result.GetProperty("code").GetString());
        if (parameter is not null)
            Assert.Equal(parameter, result.GetProperty("param").GetString());
    }

    [Fact]
    public Task Stream_abandoned_stopsTheEngineWhenNobodyComesBack() =>
        gateway.AssertStopsAsync(async () => Assert.Equal(3, (await RunAsync("abort")).GetProperty("chunks").GetInt32()), DemoGateway.EndlessTokens - 1);

    [Fact]
    public async Task Chat_withLogprobs_hasOneAToken()
    {
        var result = await RunAsync("logprobs");

        var whole = result.GetProperty("whole").GetProperty("logprobs").GetProperty("content").EnumerateArray().ToArray();
        Assert.Equal(whole.Select(place => place.ToString()), result.GetProperty("streamed").EnumerateArray().Select(place => place.ToString()));
        Assert.Equal(
            result.GetProperty("whole").GetProperty("message").GetProperty("content").GetString(),
            Encoding.UTF8.GetString([.. whole.SelectMany(place => place.GetProperty("bytes").EnumerateArray().Select(value => value.GetByte()))]));
        Assert.All(whole, place =>
        {
            var top = place.GetProperty("top_logprobs").EnumerateArray().ToArray();
            Assert.Equal(3, top.Length);
            Assert.Equal(place.GetProperty("token").GetString(), top[0].GetProperty("token").GetString()); // greedy
            Assert.Equal(place.GetProperty("logprob").GetSingle(), top[0].GetProperty("logprob").GetSingle());
            Assert.InRange(top.Sum(entry => Math.Exp(entry.GetProperty("logprob").GetDouble())), 0, 1.0001);
        });
    }

    [Fact]
    public async Task Chat_severalChoices_areThoseOfTheSeedsFromTheFirstOn()
    {
        var result = await RunAsync("choices");

        var alone = result.GetProperty("alone").EnumerateArray().ToArray();
        var expected = alone.Select(reply => Content(reply.GetProperty("choices")[0])).ToArray();
        Assert.Equal(3, expected.Distinct().Count());
        foreach (var reply in new[] { result.GetProperty("whole"), result.GetProperty("streamed") })
        {
            var choices = reply.GetProperty("choices").EnumerateArray().ToArray();
            Assert.Equal([0, 1, 2], choices.Select(choice => choice.GetProperty("index").GetInt32()));
            Assert.Equal(expected, choices.Select(Content));
            var usage = reply.GetProperty("usage");
            Assert.Equal(alone[0].GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("prompt_tokens").GetInt32());
            Assert.Equal(
                alone.Sum(single => single.GetProperty("usage").GetProperty("completion_tokens").GetInt32()),
                usage.GetProperty("completion_tokens").GetInt32());
        }
    }

    [Fact]
    public async Task Chat_withAJsonSchema_followsIt()
    {
        var result = await RunAsync("schema");

        foreach (var choice in new[] { result.GetProperty("whole"), result.GetProperty("streamed") })
        {
            Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
            var person = JsonDocument.Parse(Content(choice)!).RootElement;
            Assert.Equal(["name", "age"], person.EnumerateObject().Select(member => member.Name));
            Assert.True(person.GetProperty("name").GetString()!.Length <= 12);
            Assert.InRange(person.GetProperty("age").GetInt32(), 0, 120);
        }
    }

    [Fact]
    public async Task Chat_withVllmsConstraints_followsThem()
    {
        var result = await RunAsync("guided");

        Assert.Contains(result.GetProperty("choice").GetString(), (string[])["purple", "orange"]);
        Assert.Contains(result.GetProperty("structured").GetString(), (string[])["purple", "orange"]);
        Assert.Matches("^[A-F]{3}-[0-9]{2}$", result.GetProperty("regex").GetString());
    }

    private static string? Content(JsonElement choice) => choice.GetProperty("message").GetProperty("content").GetString();

    private static IEnumerable<JsonElement> Deltas(JsonElement chunk) => chunk.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("delta"));

    private Task<JsonElement> RunAsync(string scenario) => NodeScript.RunAsync("openai.cjs", gateway.Url, scenario);
}
