using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using Granary.Gateway.Tests.Running;
using OpenAI;

namespace Granary.Gateway.Tests.OpenAi;

/// <summary>Completions of plain text, idempotency and their refusals, as the stock clients see them.</summary>
[Collection(EchoGatewayTests.Name)]
public sealed class StockClientTextTests(EchoGateway gateway)
{
    [Fact]
    public async Task JavaScript_refused_raisesTheTypedErrors()
    {
        var failures = await NodeScript.RunAsync("openai.cjs", gateway.Url, "textFailures");

        Assert.Equal(("NotFoundError", 404, "model_not_found", "model"), Seen(failures.GetProperty("unknown")));
        Assert.Equal(("BadRequestError", 400, "invalid_request", "prompt"), Seen(failures.GetProperty("missing")));
        Assert.Equal(("BadRequestError", 400, "invalid_request", "max_tokens"), Seen(failures.GetProperty("negative")));
    }

    [Fact]
    public async Task JavaScript_withAnIdempotencyKey_getsTheSameAnswerOrATypedError()
    {
        var result = await NodeScript.RunAsync("openai.cjs", gateway.Url, "idempotent");

        Assert.Equal(result.GetProperty("first").GetRawText(), result.GetProperty("second").GetRawText());
        Assert.Equal(("UnprocessableEntityError", 422, "idempotency_key_reused", "Idempotency-Key"), Seen(result.GetProperty("third")));
    }

    /// <summary>OpenAI's .NET client has no method for these completions; its pipeline sends them as they are.</summary>
    [Fact]
    public async Task Net_overItsPipeline_completesAndRaisesErrors()
    {
        var client = new OpenAIClient(new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(gateway.Url, "v1") });

        using var answered = await SendAsync(client, new { model = EchoGateway.Model, prompt = "<|im_start|>user\nHello<|im_end|>" });
        using var refused = await SendAsync(client, new { model = EchoGateway.Model, prompt = "x", suffix = "y" });

        Assert.Equal("Hello", JsonDocument.Parse(answered.Response!.Content).RootElement.GetProperty("choices")[0].GetProperty("text").GetString());
        Assert.Equal(400, new ClientResultException(refused.Response!).Status);
        Assert.Equal("suffix", JsonDocument.Parse(refused.Response!.Content).RootElement.GetProperty("error").GetProperty("param").GetString());
    }

    private async Task<PipelineMessage> SendAsync(OpenAIClient client, object body)
    {
        var message = client.Pipeline.CreateMessage();
        message.Request.Method = "POST";
        message.Request.Uri = new Uri(gateway.Url, "v1/completions");
        message.Request.Headers.Set("Content-Type", "application/json");
        message.Request.Content = BinaryContent.Create(BinaryData.FromObjectAsJson(body));
        await client.Pipeline.SendAsync(message);
        return message;
    }

    private static (string?, int, string?, string?) Seen(JsonElement failure) => (
        failure.GetProperty("error").GetString(), failure.GetProperty("status").GetInt32(), failure.GetProperty("code").GetString(), failure.GetProperty("param").GetString());
}
