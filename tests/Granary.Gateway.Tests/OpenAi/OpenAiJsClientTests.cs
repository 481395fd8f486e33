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
    [InlineData("roleOrder", "BadRequestError", 400, "invalid_role_order", "messages")]
    [InlineData("tools", "BadRequestError", 400, "invalid_request", "tools")]
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
    public Task Stream_abandoned_stopsTheEngine() =>
        gateway.AssertStopsAsync(async () => Assert.Equal(3, (await RunAsync("abort")).GetProperty("chunks").GetInt32()));

    private static IEnumerable<JsonElement> Deltas(JsonElement chunk) => chunk.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("delta"));

    private Task<JsonElement> RunAsync(string scenario) => NodeScript.RunAsync("openai.cjs", gateway.Url, scenario);
}
