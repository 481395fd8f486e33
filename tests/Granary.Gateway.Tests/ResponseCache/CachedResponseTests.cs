using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Engine;
using Granary.Gateway.Tests.Running;
using Granary.Gateway.Tests.Telemetry;
using Granary.Identity;
using Granary.Serving;
using Granary.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Granary.Gateway.Tests.ResponseCache;

[Collection(KeyedGatewayTests.Name)]
public sealed class CachedResponseTests(KeyedGateway gateway)
{
    private static readonly object Greedy = Body("say it again");

    [Fact]
    public async Task Greedy_askedAgain_isNotGeneratedAgain()
    {
        using var client = await ClientAsync("cached");
        var before = gateway.Engine.Asked;

        var (first, isFirstHit) = await AskAsync(client, Greedy);
        var (second, isSecondHit) = await AskAsync(client, Greedy);

        Assert.Equal((false, true, 1), (isFirstHit, isSecondHit, gateway.Engine.Asked - before));
        Assert.Equal(Content(first), Content(second));
        Assert.NotEqual(first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
        var usage = second.GetProperty("usage");
        Assert.Equal(first.GetProperty("usage").GetProperty("total_tokens").GetInt32(), usage.GetProperty("total_tokens").GetInt32());
        Assert.Equal(usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Hit_hasASpan(bool isStreamed)
    {
        using var spans = new RecordedSpans();
        using var client = await ClientAsync("cached-traced");
        var trace = ActivityTraceId.CreateRandom();
        var asked = Body($"trace it, {isStreamed}", isStreamed);
        using var first = await PostAsync(client, asked);
        await first.Content.ReadAsStringAsync();
        client.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");

        using var second = await PostAsync(client, asked);

        Assert.Equal("hit", second.Headers.GetValues("x-granary-cache").Single());
        await second.Content.ReadAsStringAsync();
        var chat = await spans.FindAsync($"chat {EchoGateway.Model}", span => span.TraceId == trace);
        Assert.Equal((true, isStreamed), (chat.GetTagItem("granary.response_cache.hit"), chat.GetTagItem("gen_ai.request.stream")));
        Assert.Equal(chat.GetTagItem("gen_ai.usage.input_tokens"), chat.GetTagItem("gen_ai.usage.cache_read.input_tokens"));
        Assert.True((int)chat.GetTagItem("gen_ai.usage.output_tokens")! > 0);
    }

    [Fact]
    public async Task Stream_andWhole_shareTheirAnswer()
    {
        using var client = await ClientAsync("cached");
        var before = gateway.Engine.Asked;
        using var streamed = await PostAsync(client, Body("stream it", stream: true));
        var events = await streamed.Content.ReadAsStringAsync();

        var (whole, isHit) = await AskAsync(client, Body("stream it"));
        using var again = await PostAsync(client, Body("stream it", stream: true));

        Assert.True(isHit);
        Assert.Equal(Text(events), Content(whole));
        Assert.Equal(Text(events), Text(await again.Content.ReadAsStringAsync()));
        Assert.Equal(1, gateway.Engine.Asked - before);

        static string Text(string events) => string.Concat(events.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(item => !item.EndsWith("[DONE]", StringComparison.Ordinal))
            .Select(item => JsonDocument.Parse(item[(item.IndexOf("data: ", StringComparison.Ordinal) + 6)..]).RootElement.GetProperty("choices")[0].GetProperty("delta"))
            .Select(delta => delta.TryGetProperty("content", out var content) ? content.GetString() : ""));
    }

    [Theory]
    [InlineData("another tenant")]
    [InlineData("another seed")]
    [InlineData("chance")]
    [InlineData("no-cache")]
    [InlineData("no-store")]
    public async Task Request_thatIsNotTheSame_isGenerated(string difference)
    {
        using var client = await ClientAsync("cached");
        using var other = await ClientAsync(difference == "another tenant" ? "other" : "cached");
        if (difference is "no-cache" or "no-store")
            other.DefaultRequestHeaders.Add("Cache-Control", difference);
        var text = $"once more, but for {difference}";
        object Asked(int? seed) => new { model = EchoGateway.Model, messages = new[] { new { role = "user", content = text } }, seed, temperature = 1 };
        await AskAsync(client, Asked(difference == "chance" ? null : 1));

        var (_, isHit) = await AskAsync(other, Asked(difference switch { "chance" => null, "another seed" => 2, _ => 1 }));

        Assert.False(isHit);
    }

    [Fact]
    public async Task Answer_ofAnotherUsualLength_isNotGiven()
    {
        using var client = await ClientAsync("cachedlength");
        var engine = gateway.Services.GetRequiredService<IOptions<EngineOptions>>().Value;
        var usual = engine.DefaultMaxTokens;
        await AskAsync(client, Greedy);
        Assert.True((await AskAsync(client, Greedy)).IsHit);

        engine.DefaultMaxTokens = usual + 1;

        // The silo tells of its replicas every so often.
        await Eventually.TrueAsync(async () => !(await AskAsync(client, Greedy)).IsHit, "the kept answer is still given");
        engine.DefaultMaxTokens = usual;
        await Eventually.TrueAsync(async () => (await gateway.Services.GetRequiredService<ReplicaDirectory>().GetAsync(EchoGateway.Model))[0].UsualOutputTokens == usual, "it stays");
    }

    [Fact]
    public async Task Hit_countsAsARequestWithoutTokens()
    {
        const string Tenant = "cachedlimited";
        await gateway.Grains.GetGrain<ITenantGrain>(Tenant).SetLimitsAsync(new TenantLimits { RequestsPerMinute = 2, TokensPerMinute = 1_000_000 });
        using var client = await ClientAsync(Tenant);
        await AskAsync(client, Greedy);
        var day = (int)(TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalDays;

        var (_, isHit) = await AskAsync(client, Greedy);
        using var refused = await PostAsync(client, Greedy);

        Assert.True(isHit);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        await Eventually.TrueAsync(
            async () => (await gateway.Grains.GetGrain<ITenantUsageGrain>(ITenantUsageGrain.KeyOf(Tenant, day)).GetAsync()) is [{ Requests: 2, OutputTokens: var tokens }] && tokens == 4,
            "the hit was not recorded");
    }

    [Fact]
    public async Task Model_thatTheTenantMayNotUseAnyMore_isRefusedThoughItsAnswerIsThere()
    {
        const string Tenant = "cachedforbidden";
        using var client = await ClientAsync(Tenant);
        await AskAsync(client, Greedy);
        await gateway.Grains.GetGrain<ITenantGrain>(Tenant).SetLimitsAsync(new TenantLimits { AllowedModels = ["another"] });

        await Eventually.TrueAsync(
            async () =>
            {
                using var response = await PostAsync(client, Greedy);
                return response.StatusCode == HttpStatusCode.Forbidden;
            },
            "it was not refused");
    }

    private static object Body(string text, bool stream = false) => new { model = EchoGateway.Model, stream, temperature = 0, messages = new[] { new { role = "user", content = text } } };

    private static string? Content(JsonElement reply) => reply.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, object body) => client.PostAsJsonAsync("v1/chat/completions", body);

    private static async Task<(JsonElement Reply, bool IsHit)> AskAsync(HttpClient client, object body)
    {
        using var response = await PostAsync(client, body);
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(), response.Headers.Contains("x-granary-cache"));
    }

    private async Task<HttpClient> ClientAsync(string tenant) => gateway.CreateClient((await gateway.CreateKeyAsync(tenant)).ToString());
}
