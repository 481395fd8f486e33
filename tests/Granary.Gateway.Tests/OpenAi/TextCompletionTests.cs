using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Gateway.Tests.Running;
using Granary.Models.Tokenization;

namespace Granary.Gateway.Tests.OpenAi;

/// <summary><c>/v1/completions</c>, with the demo model.</summary>
[Collection(DemoGatewayTests.Name)]
public sealed class TextCompletionTests(DemoGateway gateway)
{
    private const string Fox = "Once upon a time a fox";

    [Fact]
    public async Task JavaScript_streamedOrWhole_isTheSameText()
    {
        var result = await NodeScript.RunAsync("openai.cjs", gateway.Url, "text");

        var (whole, chunks) = (result.GetProperty("whole"), result.GetProperty("chunks").EnumerateArray().ToArray());
        Assert.StartsWith("cmpl-", whole.GetProperty("id").GetString());
        Assert.Equal("text_completion", whole.GetProperty("object").GetString());
        Assert.NotEmpty(Text(whole));
        Assert.Equal(Text(whole), string.Concat(chunks.Where(chunk => chunk.GetProperty("choices").GetArrayLength() > 0).Select(chunk => Text(chunk))));
        Assert.Equal("length", chunks[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(whole.GetProperty("usage").GetProperty("total_tokens").GetInt32(), chunks[^1].GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.Equal(("BadRequestError", "suffix"), (result.GetProperty("suffix").GetProperty("error").GetString(), result.GetProperty("suffix").GetProperty("param").GetString()));
    }

    [Fact]
    public async Task Prompts_several_areAnsweredInOrderAsIfAlone()
    {
        var (fox, sea) = (await CompleteAsync(Fox), await CompleteAsync("The sea is"));
        var together = await CompleteAsync(new[] { Fox, "The sea is" }, new() { ["n"] = 2, ["echo"] = true });

        var choices = together.GetProperty("choices").EnumerateArray().ToArray();
        Assert.Equal([0, 1, 2, 3], choices.Select(choice => choice.GetProperty("index").GetInt32()));
        Assert.Equal([Fox + Text(fox), Fox + Text(fox), "The sea is" + Text(sea), "The sea is" + Text(sea)], choices.Select(choice => choice.GetProperty("text").GetString()));
        var usage = together.GetProperty("usage");
        Assert.Equal(Prompt(fox) + Prompt(sea), usage.GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(32, usage.GetProperty("completion_tokens").GetInt32());

        static int Prompt(JsonElement reply) => reply.GetProperty("usage").GetProperty("prompt_tokens").GetInt32();
    }

    [Fact]
    public async Task Prompt_ofTokens_isThatOfTheirText()
    {
        var tokens = HuggingFaceTokenizer.Load(Path.Combine(Repository.Root, "deploy", "models", DemoGateway.Model)).Encode(Fox, parseSpecialTokens: false, addSpecialTokens: true);

        Assert.Equal(Text(await CompleteAsync(Fox, new() { ["echo"] = true })), Text(await CompleteAsync(tokens, new() { ["echo"] = true })));
        Assert.Equal("prompt", (await CompleteAsync(new[] { 99_999_999 }, status: HttpStatusCode.BadRequest)).GetProperty("error").GetProperty("param").GetString());
    }

    [Fact]
    public async Task LogProbs_standBesideTheirTokens()
    {
        var reply = await CompleteAsync(Fox, new() { ["logprobs"] = 2 });

        var places = reply.GetProperty("choices")[0].GetProperty("logprobs");
        var tokens = places.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!).ToArray();
        Assert.Equal(Text(reply), string.Concat(tokens));
        Assert.Equal(tokens.Select((_, i) => tokens[..i].Sum(token => token.Length)), places.GetProperty("text_offset").EnumerateArray().Select(offset => offset.GetInt32()));
        var chosen = places.GetProperty("token_logprobs").EnumerateArray().Select(value => value.GetSingle()).ToArray();
        var top = places.GetProperty("top_logprobs").EnumerateArray().ToArray();
        Assert.All(tokens.Index(), token => Assert.Equal(chosen[token.Index], top[token.Index].GetProperty(token.Item).GetSingle())); // greedy
    }

    [Fact]
    public async Task BestOf_givesTheLikeliest()
    {
        var options = new Dictionary<string, object> { ["temperature"] = 1.5, ["seed"] = 5, ["max_tokens"] = 12, ["logprobs"] = 0 };
        var all = await CompleteAsync(Fox, new(options) { ["n"] = 4 });
        var best = await CompleteAsync(Fox, new(options) { ["best_of"] = 4 });

        var likeliest = all.GetProperty("choices").EnumerateArray().MaxBy(choice => choice.GetProperty("logprobs").GetProperty("token_logprobs").EnumerateArray().Average(value => value.GetDouble()));
        Assert.Equal(likeliest.GetProperty("text").GetString(), Text(best));
        Assert.Single(best.GetProperty("choices").EnumerateArray());
        Assert.Equal(all.GetProperty("usage").GetProperty("completion_tokens").GetInt32(), best.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task Events_fromWhereTheClientLostThem_areTheRest()
    {
        using var client = gateway.CreateClient();
        using var response = await client.PostAsJsonAsync("v1/completions", new { model = DemoGateway.Model, prompt = new[] { Fox, "The sea is" }, echo = true, temperature = 0, max_tokens = 6, stream = true });
        var whole = (await response.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        var id = response.Headers.GetValues("x-request-id").Single();
        var last = whole[2][4..whole[2].IndexOf('\n', StringComparison.Ordinal)];

        var rest = (await client.GetStringAsync($"v1/completions/{id}/events?last_event_id={last}")).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(whole[3..], rest);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"v1/chat/completions/{id}/events")).StatusCode);
    }

    private static string Text(JsonElement reply) => reply.GetProperty("choices")[0].GetProperty("text").GetString()!;

    private async Task<JsonElement> CompleteAsync(object prompt, Dictionary<string, object>? options = null, HttpStatusCode status = HttpStatusCode.OK)
    {
        using var client = gateway.CreateClient();
        var body = new Dictionary<string, object> { ["model"] = DemoGateway.Model, ["prompt"] = prompt, ["temperature"] = 0, ["max_tokens"] = 8 };
        foreach (var (name, value) in options ?? [])
            body[name] = value;
        using var response = await client.PostAsJsonAsync("v1/completions", body);
        Assert.Equal(status, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
