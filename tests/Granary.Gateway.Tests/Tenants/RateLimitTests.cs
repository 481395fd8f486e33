using System.ClientModel;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Gateway.Tests.Running;
using OpenAI;
using OpenAI.Chat;

namespace Granary.Gateway.Tests.Tenants;

public sealed class RateLimitTests
{
    [Fact]
    public async Task Js_beyondTheLimit_raisesRateLimitErrorWithHeadersThatAreTrue()
    {
        await using var gateway = await LimitedGateway.StartAsync(new() { ["RequestsPerMinute"] = "2", ["TokensPerMinute"] = "2000" });

        var result = await NodeScript.RunAsync("openai.cjs", gateway.Url, "limited");

        var first = result.GetProperty("first");
        Assert.Equal("2", first.GetProperty("x-ratelimit-limit-requests").GetString());
        Assert.Equal("1", first.GetProperty("x-ratelimit-remaining-requests").GetString());
        Assert.Equal("2000", first.GetProperty("x-ratelimit-limit-tokens").GetString());
        Assert.InRange(int.Parse(first.GetProperty("x-ratelimit-remaining-tokens").GetString()!, CultureInfo.InvariantCulture), 1900, 1979);
        var tooMuch = result.GetProperty("tooMuch");
        Assert.Equal("false", tooMuch.GetProperty("headers").GetProperty("x-should-retry").GetString());
        Assert.False(tooMuch.GetProperty("headers").TryGetProperty("retry-after", out _));
        foreach (var refusal in new[] { result.GetProperty("third"), result.GetProperty("streamed") })
        {
            Assert.Equal("RateLimitError", refusal.GetProperty("error").GetString());
            Assert.True(refusal.GetProperty("isRateLimit").GetBoolean());
            Assert.Equal((429, "rate_limit_exceeded", "rate_limit_error"), (refusal.GetProperty("status").GetInt32(), refusal.GetProperty("code").GetString(), refusal.GetProperty("type").GetString()));
            var headers = refusal.GetProperty("headers");
            Assert.Equal("0", headers.GetProperty("x-ratelimit-remaining-requests").GetString());
            Assert.InRange(int.Parse(headers.GetProperty("retry-after").GetString()!, CultureInfo.InvariantCulture), 30, 61);
            Assert.EndsWith("s", headers.GetProperty("x-ratelimit-reset-requests").GetString());
        }
    }

    [Fact]
    public async Task Net_beyondTheDay_throws429WithInsufficientQuota()
    {
        await using var gateway = await LimitedGateway.StartAsync(new() { ["TokensPerDay"] = "60" });
        var options = new OpenAIClientOptions { Endpoint = new Uri(gateway.Url, "v1"), RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0) };
        var chat = new OpenAIClient(new ApiKeyCredential("none"), options).GetChatClient(LimitedGateway.Model);
        await chat.CompleteChatAsync([new UserChatMessage("Hello")], new ChatCompletionOptions { MaxOutputTokenCount = 40 });

        var failure = await Assert.ThrowsAsync<ClientResultException>(() => chat.CompleteChatAsync([new UserChatMessage("Hello")], new ChatCompletionOptions { MaxOutputTokenCount = 45 }));

        Assert.Equal(429, failure.Status);
        Assert.Contains("insufficient_quota", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Admin_setsLimitsAndReadsUsage_thatHoldForTheHubToo()
    {
        await using var gateway = await LimitedGateway.StartAsync([]);
        using var client = gateway.CreateClient();
        using var asked = await client.PostAsJsonAsync("v1/chat/completions", new { model = LimitedGateway.Model, messages = new[] { new { role = "user", content = "Hello there" } } });
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        Assert.False(asked.Headers.Contains("x-ratelimit-limit-requests"));
        var usage = (await asked.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("usage");

        JsonElement row = default;
        await Eventually.TrueAsync(
            async () => (await client.GetFromJsonAsync<JsonElement>("admin/usage")).GetProperty("rows") is { } rows && rows.GetArrayLength() == 1 && (row = rows[0]).ValueKind == JsonValueKind.Object,
            "the usage was not recorded");
        Assert.Equal(usage.GetProperty("prompt_tokens").GetInt32(), row.GetProperty("promptTokens").GetInt32());
        Assert.Equal(usage.GetProperty("completion_tokens").GetInt32(), row.GetProperty("outputTokens").GetInt32());
        var csv = await client.GetStringAsync("admin/usage?format=csv");
        Assert.Contains($",local,,echo,1,0,{usage.GetProperty("prompt_tokens").GetInt32()},7,{usage.GetProperty("completion_tokens").GetInt32()}", csv, StringComparison.Ordinal);

        using var set = await client.PutAsJsonAsync("admin/tenants/local/limits", new { requestsPerMinute = 0 });
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await client.PostAsJsonAsync("v1/chat/completions", new { model = LimitedGateway.Model, messages = new[] { new { role = "user", content = "Hi" } } });
                return response.StatusCode == HttpStatusCode.TooManyRequests;
            },
            "the limit did not hold");
        var refusal = await NodeScript.RunAsync("signalr.cjs", gateway.Url, "limited");
        Assert.Equal("rate_limit_exceeded", refusal.GetProperty("code").GetString());
        using var wrong = await client.PutAsJsonAsync("admin/tenants/local/limits", new { requestsPerMinuet = 1 });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }
}
