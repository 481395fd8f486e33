using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Gateway.Tests.Running;
using Granary.Models.Tokenization;

namespace Granary.Gateway.Tests.OpenAi;

/// <summary><c>/v1/completions</c> as evaluation harnesses use it: the prompt with its log-probabilities, and no or few tokens behind it. With the demo model.</summary>
[Collection(DemoGatewayTests.Name)]
public sealed class ScoredPromptTests(DemoGateway gateway)
{
    private const string Fox = "Once upon a time a fox";
    private const string Sea = "The sea is";

    // One row of logits differs by rounding with what else is computed beside it.
    private const double Tolerance = 0.02;

    private static readonly HuggingFaceTokenizer Tokenizer = HuggingFaceTokenizer.Load(Path.Combine(Repository.Root, "deploy", "models", DemoGateway.Model));

    private static readonly Dictionary<string, object> Scored = new() { ["echo"] = true, ["logprobs"] = 5, ["max_tokens"] = 0 };

    [Fact]
    public async Task JavaScript_streamedOrWhole_hasThePromptAndThenTheOutput()
    {
        var result = await NodeScript.RunAsync("openai.cjs", gateway.Url, "scored");

        var (none, some) = (result.GetProperty("none"), result.GetProperty("some"));
        var prompt = Scores.Of(none);
        prompt.CheckPrompt(Fox);
        Assert.Equal((Fox, "length"), (Text(none), none.GetProperty("choices")[0].GetProperty("finish_reason").GetString()));
        Assert.Equal((prompt.Tokens.Length, 0), Usage(none));

        var whole = Scores.Of(some);
        Assert.Equal(prompt.Tokens.Length + 3, whole.Tokens.Length);
        Assert.Equal(Text(some), string.Concat(whole.Tokens));
        Assert.Equal((prompt.Tokens.Length, 3), Usage(some));
        prompt.AssertSame(whole.Take(prompt.Tokens.Length));
        whole.CheckOffsets();

        var chunks = result.GetProperty("chunks").EnumerateArray().Where(chunk => chunk.GetProperty("choices").GetArrayLength() > 0).ToArray();
        var streamed = Scores.Of([.. chunks.Select(chunk => chunk.GetProperty("choices")[0].GetProperty("logprobs")).Where(places => places.ValueKind == JsonValueKind.Object)]);
        Assert.Equal(Text(some), string.Concat(chunks.Select(Text)));
        whole.AssertSame(streamed);
        streamed.CheckOffsets();

        var refused = result.GetProperty("chat");
        Assert.Equal(("BadRequestError", "max_tokens"), (refused.GetProperty("error").GetString(), refused.GetProperty("param").GetString()));
    }

    [Fact]
    public async Task Prompt_ofWhatTheModelSays_isAsLikelyAsWhenItSaidIt()
    {
        var said = await CompleteAsync(Fox, new() { ["logprobs"] = 5, ["max_tokens"] = 12 });
        int[] prompt = [.. Encode(Fox)];
        var output = Encode(Text(said));

        var scored = Scores.Of(await CompleteAsync(prompt.Concat(output), Scored));

        Assert.Equal(string.Concat(Scores.Of(said).Tokens), string.Concat(scored.Tokens[prompt.Length..]));
        Scores.Of(said).AssertSame(new Scores(scored.Tokens[prompt.Length..], scored.LogProbs[prompt.Length..], scored.Top[prompt.Length..], scored.Offsets[prompt.Length..]));
    }

    [Fact]
    public async Task Prompts_textOrTokens_severalAndAlone_areScoredAlike()
    {
        var (fox, sea) = (Scores.Of(await CompleteAsync(Fox, Scored)), Scores.Of(await CompleteAsync(Sea, Scored)));
        fox.CheckPrompt(Fox);
        sea.CheckPrompt(Sea);

        var together = await CompleteAsync(new object[] { Fox, Encode(Sea) }, new(Scored) { ["n"] = 2 });
        var choices = together.GetProperty("choices").EnumerateArray().ToArray();
        Assert.Equal([Fox, Fox, Sea, Sea], choices.Select(choice => choice.GetProperty("text").GetString()));
        Assert.All(choices.Index(), choice => (choice.Index < 2 ? fox : sea).AssertSame(Scores.Of([choice.Item.GetProperty("logprobs")])));
        Assert.Equal((fox.Tokens.Length + sea.Tokens.Length, 0), Usage(together));

        var best = await CompleteAsync(Fox, new() { ["echo"] = true, ["logprobs"] = 5, ["best_of"] = 3, ["n"] = 2, ["temperature"] = 1, ["seed"] = 4, ["max_tokens"] = 4 });
        Assert.All(best.GetProperty("choices").EnumerateArray(), choice =>
        {
            var all = Scores.Of([choice.GetProperty("logprobs")]);
            fox.AssertSame(all.Take(fox.Tokens.Length));
            Assert.Equal(choice.GetProperty("text").GetString(), string.Concat(all.Tokens));
        });
    }

    [Fact]
    public async Task Prompt_scoredAfterItWasCached_isComputedAgain()
    {
        const string Long = "Once upon a time a fox lived in a wood beside a river, and every morning it went down to the water to drink, and every evening it went up the hill to look at the stars and sing.";
        await CompleteAsync(Long);
        var before = gateway.Engine.PromptTokens;

        var scored = await CompleteAsync(Long, Scored);

        Scores.Of(scored).CheckPrompt(Long);
        Assert.Equal(Encode(Long).Length, gateway.Engine.PromptTokens - before);
        Assert.Equal(0, scored.GetProperty("usage").GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32());
    }

    [Fact]
    public async Task MaxTokens_zero_computesThePromptAlone()
    {
        var (silent, echoed) = (await CompleteAsync(Fox, new() { ["max_tokens"] = 0 }), await CompleteAsync(Fox, new() { ["max_tokens"] = 0, ["echo"] = true }));
        var stream = await StreamAsync(new { model = DemoGateway.Model, prompt = Fox, max_tokens = 0, stream = true, stream_options = new { include_usage = true } });

        Assert.Equal(("", Fox), (Text(silent), Text(echoed)));
        Assert.Equal(JsonValueKind.Null, echoed.GetProperty("choices")[0].GetProperty("logprobs").ValueKind);
        Assert.All(new[] { silent, echoed }, reply => Assert.Equal((Encode(Fox).Length, 0), Usage(reply)));
        Assert.Equal(3, stream.Events.Length); // why it ended, the usage, [DONE]
        Assert.Contains("\"text\":\"\",\"logprobs\":null,\"finish_reason\":\"length\"", stream.Events[0], StringComparison.Ordinal);

        var refusal = await CompleteAsync(Fox, new() { ["max_tokens"] = 0, ["min_tokens"] = 1 }, HttpStatusCode.BadRequest);
        Assert.Equal("min_tokens", refusal.GetProperty("error").GetProperty("param").GetString());
    }

    [Fact]
    public async Task Events_fromWhereTheClientLostThem_areTheRest()
    {
        var (id, whole) = await StreamAsync(new { model = DemoGateway.Model, prompt = new[] { Fox, Sea }, echo = true, logprobs = 2, temperature = 0, max_tokens = 2, stream = true });
        using var client = gateway.CreateClient();

        for (var i = 0; i < whole.Length - 1; i++)
        {
            var last = whole[i][4..whole[i].IndexOf('\n', StringComparison.Ordinal)];
            Assert.Equal(whole[(i + 1)..], Split(await client.GetStringAsync($"v1/completions/{id}/events?last_event_id={last}")));
        }
    }

    private static int[] Encode(string text) => Tokenizer.Encode(text, parseSpecialTokens: false, addSpecialTokens: true);

    private static string Text(JsonElement reply) => reply.GetProperty("choices")[0].GetProperty("text").GetString()!;

    private static (int Prompt, int Output) Usage(JsonElement reply)
    {
        var usage = reply.GetProperty("usage");
        return (usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("completion_tokens").GetInt32());
    }

    private static string[] Split(string events) => events.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

    private async Task<(string Id, string[] Events)> StreamAsync(object body)
    {
        using var client = gateway.CreateClient();
        using var response = await client.PostAsJsonAsync("v1/completions", body);
        return (response.Headers.GetValues("x-request-id").Single(), Split(await response.Content.ReadAsStringAsync()));
    }

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

    private sealed record Scores(string[] Tokens, double?[] LogProbs, Dictionary<string, double>?[] Top, int[] Offsets)
    {
        public static Scores Of(JsonElement reply) => Of([reply.GetProperty("choices")[0].GetProperty("logprobs")]);

        /// <summary>Of the parts of a choice.</summary>
        public static Scores Of(JsonElement[] parts) => new(
            [.. Items(parts, "tokens").Select(token => token.GetString()!)],
            [.. Items(parts, "token_logprobs").Select(value => value.ValueKind == JsonValueKind.Null ? (double?)null : value.GetDouble())],
            [.. Items(parts, "top_logprobs").Select(top => top.ValueKind == JsonValueKind.Null ? null : top.EnumerateObject().ToDictionary(token => token.Name, token => token.Value.GetDouble()))],
            [.. Items(parts, "text_offset").Select(offset => offset.GetInt32())]);

        public Scores Take(int count) => new(Tokens[..count], LogProbs[..count], Top[..count], Offsets[..count]);

        public void CheckPrompt(string text)
        {
            Assert.Equal(text, string.Concat(Tokens));
            Assert.Null(LogProbs[0]);
            Assert.Null(Top[0]);
            Assert.All(LogProbs.Skip(1), value => Assert.InRange(value!.Value, -100, 0));
            Assert.All(Top.Skip(1), top => Assert.InRange(top!.Count, 5, 6));
            Assert.Contains(6, Top.Skip(1).Select(top => top!.Count)); // a text that nobody made up token by token is not always likely
            Assert.All(Tokens.Index().Skip(1), token => Assert.Equal(Top[token.Index]![token.Item], LogProbs[token.Index]!.Value, 1e-6));
            CheckOffsets();
        }

        public void CheckOffsets() => Assert.Equal(Tokens.Select((_, i) => Tokens[..i].Sum(token => token.Length)), Offsets);

        public void AssertSame(Scores other)
        {
            Assert.Equal(Tokens, other.Tokens);
            Assert.Equal(LogProbs.Select(value => value is null), other.LogProbs.Select(value => value is null));
            Assert.All(LogProbs.Zip(other.LogProbs), pair => Assert.Equal(pair.First ?? 0, pair.Second ?? 0, Tolerance));
            Assert.Equal(Top.Select(top => top?.Count), other.Top.Select(top => top?.Count));
        }

        private static IEnumerable<JsonElement> Items(JsonElement[] parts, string name) => parts.SelectMany(part => part.GetProperty(name).EnumerateArray());
    }
}
