using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Gateway.Tests.Running;
using Granary.Models.Catalog;
using Granary.Serving;

namespace Granary.Gateway.Tests.ResponseCache;

/// <summary>Prompts with log-probabilities where answers are kept and tenants have limits, with the demo model.</summary>
public sealed class ScoredAnswerTests : IAsyncLifetime
{
    private const int TokensPerMinute = 2000;

    private readonly DirectoryInfo _models = Directory.CreateTempSubdirectory("granary-scored-tests-");
    private RunningGateway _gateway = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        await new ModelCatalog(_models.FullName).ImportAsync(new ImportRequest { Source = Path.Combine(Repository.Root, "deploy", "models", DemoGateway.Model) });
        _gateway = await RunningGateway.StartAsync(new()
        {
            ["Granary:Models:Folder"] = _models.FullName,
            ["Granary:Models:Serve:0"] = DemoGateway.Model,
            ["Granary:ResponseCache:Enabled"] = "true",
            ["Granary:Tenants:TokensPerMinute"] = TokensPerMinute.ToString(CultureInfo.InvariantCulture),
        });
        _client = _gateway.CreateClient();
        await Eventually.TrueAsync(
            async () => (await _client.GetAsync("health/ready")).StatusCode == HttpStatusCode.OK
                && (await _gateway.Grains.GetGrain<IModelGrain>(DemoGateway.Model).GetReplicasAsync()).Length == 1,
            "the demo model was not ready");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        _models.Delete(recursive: true);
    }

    [Fact]
    public async Task Prompt_alone_isReservedAlone_andKeptWithItsLogProbs()
    {
        using var first = await AskAsync(new { model = DemoGateway.Model, prompt = "A fox", temperature = 0, echo = true, logprobs = 2, max_tokens = 0 });
        using var again = await AskAsync(new { model = DemoGateway.Model, prompt = "A fox", temperature = 0, echo = true, logprobs = 2, max_tokens = 0 });
        using var plain = await AskAsync(new { model = DemoGateway.Model, prompt = "A fox", temperature = 0, echo = true, max_tokens = 0 });
        using var streamed = await AskAsync(new { model = DemoGateway.Model, prompt = "A fox", temperature = 0, echo = true, logprobs = 2, max_tokens = 0, stream = true });

        var (reply, kept, silent) = (await JsonAsync(first), await JsonAsync(again), await JsonAsync(plain));
        var prompt = reply.GetProperty("usage").GetProperty("prompt_tokens").GetInt32();
        Assert.Equal($"{TokensPerMinute - prompt}", first.Headers.GetValues("x-ratelimit-remaining-tokens").Single());
        Assert.Equal([false, true, false, true], new[] { first, again, plain, streamed }.Select(response => response.Headers.Contains("x-granary-cache")));

        var choice = reply.GetProperty("choices")[0];
        Assert.Equal(prompt, choice.GetProperty("logprobs").GetProperty("token_logprobs").GetArrayLength());
        Assert.Equal(choice.GetRawText(), kept.GetProperty("choices")[0].GetRawText());
        Assert.Equal(JsonValueKind.Null, silent.GetProperty("choices")[0].GetProperty("logprobs").ValueKind);
        var chunk = (await streamed.Content.ReadAsStringAsync()).Split('\n').First(line => line.StartsWith("data: ", StringComparison.Ordinal))[6..];
        Assert.Equal(choice.GetProperty("logprobs").GetRawText(), JsonDocument.Parse(chunk).RootElement.GetProperty("choices")[0].GetProperty("logprobs").GetRawText());
    }

    private async Task<HttpResponseMessage> AskAsync(object body)
    {
        var response = await _client.PostAsJsonAsync("v1/completions", body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return response;
    }

    private static Task<JsonElement> JsonAsync(HttpResponseMessage response) => response.Content.ReadFromJsonAsync<JsonElement>();
}
