using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Models;
using Granary.Models.Tokenization;
using Granary.Serving;
using Granary.Shards;

namespace Granary.Grains.Tests.Shards;

/// <summary>Prompts with log-probabilities at the shard, with the demo model.</summary>
public sealed class ScoredPromptTests(ToolModel model) : IClassFixture<ToolModel>
{
    private const string Text = "Once upon a time a fox";

    [Fact]
    public async Task GenerateAsync_cut_here_and_there_has_them_where_nothing_came()
    {
        var shards = await model.Cluster.ShardsAsync(ToolModel.Name);
        var request = Request(new() { Temperature = 0, MaxTokens = 6, TopLogProbs = 2 }) with { Choices = 2 };
        var whole = await ReadAsync(shards[0], request);
        var tokens = Of(whole, 0).SelectMany(frame => frame.Tokens).ToArray();

        // Of the second output nothing was logged.
        var rest = await ReadAsync(shards[1], request with { RequestId = "rest", Resumed = [new ResumedChoice { Tokens = tokens[..2] }, new ResumedChoice { Tokens = [] }] });

        Assert.All(new[] { 0, 1 }, choice => Assert.Equal(Text, Chosen(Of(whole, choice)[0])));
        Assert.All(new[] { 0, 1 }, choice => Assert.Single(Of(whole, choice), frame => frame.PromptLogProbs is not null));
        Assert.All(Of(rest, 0), frame => Assert.Null(frame.PromptLogProbs));
        Assert.DoesNotContain(Text, string.Concat(Of(rest, 0).Select(frame => frame.Text)), StringComparison.Ordinal);
        Assert.Equal(tokens[2..], Of(rest, 0).SelectMany(frame => frame.Tokens));
        Assert.Equal(Of(whole, 1).SelectMany(frame => frame.Tokens), Of(rest, 1).SelectMany(frame => frame.Tokens));
        Assert.Equal(string.Concat(Of(whole, 1).Select(frame => frame.Text)), string.Concat(Of(rest, 1).Select(frame => frame.Text)));
        Assert.All(
            Of(whole, 1)[0].PromptLogProbs!.Zip(Of(rest, 1)[0].PromptLogProbs!),
            pair => Assert.Equal((pair.First.Chosen.Token, pair.First.Chosen.LogProb, pair.First.Top.Length), (pair.Second.Chosen.Token, pair.Second.Chosen.LogProb, pair.Second.Top.Length)));
    }

    [Fact]
    public async Task GenerateAsync_prompt_alone_is_one_frame()
    {
        var shards = await model.Cluster.ShardsAsync(ToolModel.Name);
        var request = Request(new() { MaxTokens = 0, TopLogProbs = 1 });

        var frame = Assert.Single(await ReadAsync(shards[0], request));
        var again = Assert.Single(await ReadAsync(shards[1], request with { RequestId = "again", Resumed = [new ResumedChoice { Tokens = [] }] }));

        Assert.All(new[] { frame, again }, one =>
        {
            Assert.Equal((Text, Text, FinishReason.Length, 0), (one.Text, Chosen(one), one.FinishReason!.Value, one.Usage!.OutputTokens));
            Assert.Empty(one.Tokens);
        });
    }

    [Fact]
    public async Task GenerateAsync_more_than_fit_into_a_reply_are_refused_by_name()
    {
        var shard = (await model.Cluster.ShardsAsync(ToolModel.Name))[0];
        var prompt = new RawPrompt(null, new int[800]);
        var request = Request(new() { MaxTokens = 0, TopLogProbs = 20 }) with { Prompts = [.. Enumerable.Repeat(prompt, 63)], Choices = 63 };

        var refusal = await Assert.ThrowsAsync<GranaryException>(() => ReadAsync(shard, request));

        Assert.Equal((ErrorCode.TooLarge, "logprobs"), (refusal.Code, refusal.Parameter));
        Assert.Single(await ReadAsync(shard, request with { Prompts = [prompt], Choices = 1 }));
    }

    [Fact]
    public void AddTo_text_hides_what_was_put_around_it_and_tokens_show_all()
    {
        var tokenizer = HuggingFaceTokenizer.Load(DemoModel.Source);
        var encoder = new PromptEncoder(tokenizer, (_, _) => "");
        var tokens = tokenizer.Encode("<|im_start|>A fox<|im_end|>");
        var frame = new TokenFrame
        {
            FirstIndex = 0,
            Tokens = [],
            Text = "!",
            PromptLogProbs = [.. tokens.Select(token => new TokenLogProbs(new TokenLogProb(token, 0, tokenizer.Decode([token], skipSpecialTokens: false), tokenizer.BytesOf(token)), []))],
        };

        var text = new PromptEcho(encoder, new RawPrompt("A fox")).AddTo(frame);
        var shown = new PromptEcho(encoder, new RawPrompt(null, tokens)).AddTo(frame);

        Assert.Equal(("A fox!", "<|im_start|>A fox<|im_end|>!"), (text.Text, shown.Text));
        Assert.Equal(Chosen(frame), Chosen(text));
        Assert.Equal("A fox", System.Text.Encoding.UTF8.GetString([.. text.PromptLogProbs!.SelectMany(place => place.Chosen.Bytes)]));
        Assert.Equal("<|im_start|>A fox<|im_end|>", System.Text.Encoding.UTF8.GetString([.. shown.PromptLogProbs!.SelectMany(place => place.Chosen.Bytes)]));
    }

    private static GenerateRequest Request(SamplingParameters sampling) =>
        new() { RequestId = "scored", Prompts = [new RawPrompt(Text)], EchoesPrompt = true, ScoresPrompt = true, Sampling = sampling };

    private static string Chosen(TokenFrame frame) => string.Concat(frame.PromptLogProbs!.Select(place => place.Chosen.Text));

    private static TokenFrame[] Of(List<TokenFrame> frames, int choice) => [.. frames.Where(frame => frame.Choice == choice)];

    private static async Task<List<TokenFrame>> ReadAsync(IShardGrain shard, GenerateRequest request)
    {
        List<TokenFrame> frames = [];
        await foreach (var frame in shard.GenerateAsync(request, TestContext.Current.CancellationToken))
        {
            frames.AddRange(frame.IsHeartbeat ? [] : [frame]);
        }

        return frames;
    }
}
