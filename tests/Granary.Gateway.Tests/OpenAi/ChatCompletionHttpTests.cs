using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.OpenAi;

/// <summary>The bytes of <c>/v1/chat/completions</c>.</summary>
[Collection(DemoGatewayTests.Name)]
public sealed class ChatCompletionHttpTests(DemoGateway gateway)
{
    [Fact]
    public async Task Stream_onTheWire_isAsOpenAiWritesIt()
    {
        using var client = gateway.CreateClient();
        using var response = await client.PostAsJsonAsync("v1/chat/completions", new
        {
            model = DemoGateway.Model,
            messages = new[] { new { role = "user", content = new[] { new { type = "text", text = "Hello" } } } },
            temperature = 0,
            max_tokens = 4,
            stream = true,
        });

        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var body = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("\ndata: [DONE]\n\n", body, StringComparison.Ordinal);
        var events = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.All(events, item => Assert.Matches("^id: [0-9]+:[0-9]+\ndata: ", item));
        var chunks = events[..^1].Select(item => JsonDocument.Parse(item[(item.IndexOf('\n', StringComparison.Ordinal) + 7)..]).RootElement).ToArray();
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", chunk.GetProperty("object").GetString()));
        Assert.All(chunks, chunk => Assert.False(chunk.TryGetProperty("usage", out _)));
        Assert.Equal("""{"role":"assistant","content":""}""", chunks[0].GetProperty("choices")[0].GetProperty("delta").GetRawText());
        Assert.Equal("{}", chunks[^1].GetProperty("choices")[0].GetProperty("delta").GetRawText());
        Assert.Equal("length", chunks[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.All(chunks[..^1], chunk => Assert.Equal(JsonValueKind.Null, chunk.GetProperty("choices")[0].GetProperty("finish_reason").ValueKind));
    }

    [Fact]
    public async Task Chat_withStopString_endsBeforeIt()
    {
        using var client = gateway.CreateClient();
        var free = await CompleteAsync(client, new { model = DemoGateway.Model, messages = Hello, temperature = 0, max_tokens = 24 });
        var stop = free.Text[3..5];

        var cut = await CompleteAsync(client, new { model = DemoGateway.Model, messages = Hello, temperature = 0, max_tokens = 24, stop });

        Assert.Equal(free.Text[..free.Text.IndexOf(stop, StringComparison.Ordinal)], cut.Text);
        Assert.Equal("stop", cut.Reason);
    }

    [Fact]
    public async Task Chat_withSeed_isRepeatable()
    {
        using var client = gateway.CreateClient();
        var request = new { model = DemoGateway.Model, messages = Hello, temperature = 1.0, top_p = 0.95, seed = 42, max_tokens = 24, user = "someone", metadata = new { a = "b" } };

        Assert.Equal(await CompleteAsync(client, request), await CompleteAsync(client, request));
    }

    [Fact]
    public Task Chat_connectionDropped_stopsTheEngine() => gateway.AssertStopsAsync(async () =>
    {
        using var client = gateway.CreateClient();
        using var leaving = new CancellationTokenSource();
        var before = gateway.Engine.OutputTokens;
        var body = new
        {
            model = DemoGateway.Model,
            messages = new[] { new { role = "user", content = DemoGateway.EndlessPrompt } },
            temperature = 0,
            frequency_penalty = -2,
            presence_penalty = -2,
            max_tokens = DemoGateway.EndlessTokens,
        };
        var reply = client.PostAsJsonAsync("v1/chat/completions", body, leaving.Token);

        await Eventually.TrueAsync(() => Task.FromResult(gateway.Engine.OutputTokens > before), "the engine did not start");
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reply);
    });

    [Fact]
    public async Task Chat_severalChoices_computeThePromptOnce()
    {
        using var client = gateway.CreateClient();
        var content = string.Join(' ', Enumerable.Range(0, 60).Select(i => $"The {i}th fox sees {i * 7} hens."));
        var before = gateway.Engine.PromptTokens;

        var first = await UsageAsync(client, content, n: 4);
        var computed = gateway.Engine.PromptTokens - before;
        var second = await UsageAsync(client, content, n: 1);

        Assert.InRange(computed, 1, first.Prompt * 2);
        Assert.Equal((0, first.Prompt), (first.Cached, second.Prompt));
        Assert.InRange(second.Cached, first.Prompt / 2, first.Prompt);
    }

    private static async Task<(int Prompt, int Cached)> UsageAsync(HttpClient client, string content, int n)
    {
        using var response = await client.PostAsJsonAsync("v1/chat/completions", new { model = DemoGateway.Model, messages = new[] { new { role = "user", content } }, n, max_tokens = 4 });
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, body);
        var usage = JsonDocument.Parse(body).RootElement.GetProperty("usage");
        return (usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32());
    }

    private static readonly object[] Hello = [new { role = "user", content = "Hello" }];

    private static async Task<(string Text, string Reason)> CompleteAsync(HttpClient client, object request)
    {
        using var response = await client.PostAsJsonAsync("v1/chat/completions", request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, body);
        var choice = JsonDocument.Parse(Encoding.UTF8.GetBytes(body)).RootElement.GetProperty("choices")[0];
        return (choice.GetProperty("message").GetProperty("content").GetString()!, choice.GetProperty("finish_reason").GetString()!);
    }
}
