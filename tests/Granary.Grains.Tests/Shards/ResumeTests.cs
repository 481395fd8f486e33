using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Models;
using Granary.Serving;

namespace Granary.Grains.Tests.Shards;

/// <summary>The demo model's generations, cut at every index and gone on with at the other silo.</summary>
public sealed class ResumeTests(ToolModel model) : IClassFixture<ToolModel>
{
    private const string Schema = """{"type":"object","properties":{"name":{"type":"string","maxLength":12},"age":{"type":"integer","minimum":0,"maximum":120}},"required":["name","age"],"additionalProperties":false}""";

    internal static readonly ToolUse Tools = new()
    {
        Definitions = [new ToolDefinition("weather", "Tells the weather.", """{"type":"object","properties":{"city":{"type":"string","maxLength":12}},"required":["city"],"additionalProperties":false}""")],
        IsRequired = true,
    };

    public static TheoryData<string, GenerateRequest> Requests() => new()
    {
        { "greedy", Request(new() { Temperature = 0, MaxTokens = 40 }) },
        { "accents", Request(new() { Temperature = 1, Seed = 7, MaxTokens = 24, Constraint = new() { Kind = ConstraintKind.Regex, Text = "[é€😀日]{8}" } }) },
        { "several", Request(new() { Temperature = 0.9f, TopK = 40, Seed = 3, MaxTokens = 30, FrequencyPenalty = 0.4f }) with { Choices = 2 } },
        { "stop", Request(new() { Temperature = 0, MaxTokens = 40, Stop = ["e, ", ". ", "er t"] }) },
        { "schema", Request(new() { Temperature = 0.8f, Seed = 5, MaxTokens = 60, Constraint = new() { Kind = ConstraintKind.JsonSchema, Text = Schema } }) },
        { "log-probs", Request(new() { Temperature = 0.7f, Seed = 2, MaxTokens = 16, MinTokens = 10, TopLogProbs = 2, RepetitionPenalty = 1.2f }) },
        { "call", Request(new() { Temperature = 0.8f, Seed = 9, MaxTokens = 80 }) with { Tools = Tools } },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public Task GenerateAsync_cut_here_and_there_gives_the_rest(string name, GenerateRequest request) => CutAsync(name, request, step: 7);

    [Theory, Trait("Category", "Slow")]
    [MemberData(nameof(Requests))]
    public Task GenerateAsync_cut_at_every_index_gives_the_rest(string name, GenerateRequest request) => CutAsync($"{name}, every", request, step: 1);

    [Fact]
    public async Task GenerateAsync_fewer_resumed_outputs_than_asked_for_are_refused()
    {
        var shard = (await ShardsAsync())[0];

        var refusal = await ReadAsync(shard, Request(new()) with { Choices = 2, Resumed = [new ResumedChoice { Tokens = [] }] }).RefusesAsync(ErrorCode.InvalidRequest);

        Assert.Equal("resumed", refusal.Parameter);
    }

    internal static GenerateRequest Request(SamplingParameters sampling) =>
        new() { RequestId = "r", Messages = [new ChatMessage(ChatRole.User, "Tell me a story of a fox.")], Sampling = sampling };

    /// <summary>Cuts at the first indices, at the last ones, and at each that <paramref name="step"/> divides.</summary>
    private async Task CutAsync(string name, GenerateRequest request, int step)
    {
        var shards = await ShardsAsync();
        var whole = await ReadAsync(shards[0], request with { RequestId = name });
        var choices = Enumerable.Range(0, request.Choices).Select(choice => Outcome.Of(whole, choice)).ToArray();
        Assert.All(choices, choice => Assert.NotEmpty(choice.Tokens));
        var last = choices.Max(choice => choice.Tokens.Length);
        foreach (var cut in Enumerable.Range(0, last + 1).Where(cut => cut <= 2 || cut >= last - 1 || cut % step == 0))
        {
            // An output that is shorter has ended, which is said of it every other time.
            var resumed = choices.Select((choice, i) => new ResumedChoice
            {
                Tokens = choice.Tokens[..Math.Min(cut + i, choice.Tokens.Length)],
                HasEnded = cut + i >= choice.Tokens.Length && cut % 2 == 0,
            }).ToArray();
            var rest = await ReadAsync(shards[1], request with { RequestId = $"{name} {cut}", Resumed = resumed });

            for (var i = 0; i < choices.Length; i++)
            {
                if (resumed[i].HasEnded)
                {
                    Assert.DoesNotContain(rest, frame => frame.Choice == i);
                    continue;
                }

                choices[i].CheckRest(whole.Where(frame => frame.Choice == i), rest.Where(frame => frame.Choice == i), resumed[i].Tokens.Length);
            }
        }
    }

    private Task<IShardGrain[]> ShardsAsync() => model.Cluster.ShardsAsync(ToolModel.Name);

    private static async Task<List<TokenFrame>> ReadAsync(IShardGrain shard, GenerateRequest request)
    {
        using var limit = new CancellationTokenSource(TurnReading.Patience);
        var frames = new List<TokenFrame>();
        await foreach (var frame in shard.GenerateAsync(request, limit.Token))
        {
            if (!frame.IsHeartbeat)
            {
                frames.Add(frame);
            }
        }

        return frames;
    }

    /// <summary>One output of an uninterrupted run.</summary>
    private sealed record Outcome(int[] Tokens, string Text, string[] Calls, TokenLogProbs[] LogProbs)
    {
        public static Outcome Of(IEnumerable<TokenFrame> all, int choice)
        {
            var frames = all.Where(frame => frame.Choice == choice).ToArray();
            return new Outcome(
                [.. frames.SelectMany(frame => frame.Tokens)],
                string.Concat(frames.Select(frame => frame.Text)),
                [.. frames.SelectMany(frame => frame.ToolCalls ?? []).Select(call => call.Name + call.Arguments)],
                [.. frames.SelectMany(frame => frame.LogProbs ?? [])]);
        }

        /// <summary>Checks what came behind a cut against the run's frames before it, as far as these end there.</summary>
        public void CheckRest(IEnumerable<TokenFrame> whole, IEnumerable<TokenFrame> rest, int cut)
        {
            var choice = rest.First().Choice;
            var got = Of(rest, choice);
            Assert.Equal(cut, rest.First().FirstIndex);
            Assert.Equal(Tokens[cut..], got.Tokens);
            Assert.EndsWith(got.Text, Text, StringComparison.Ordinal);
            Assert.Equal(Calls.TakeLast(got.Calls.Length), got.Calls);
            Assert.Equal(whole.Last().FinishReason, rest.Last().FinishReason);
            Assert.Equal((whole.Last().Usage!.PromptTokens, Tokens.Length), (rest.Last().Usage!.PromptTokens, rest.Last().Usage!.OutputTokens));
            Assert.Equal(LogProbs.Skip(cut).Select(place => place.Chosen.Token), got.LogProbs.Select(place => place.Chosen.Token));
            Assert.All(LogProbs.Skip(cut).Zip(got.LogProbs), pair => Assert.Equal(pair.First.Chosen.LogProb, pair.Second.Chosen.LogProb, 0.01f));

            var before = whole.TakeWhile(frame => frame.FirstIndex + frame.Tokens.Length <= cut).ToArray();
            if (before.Sum(frame => frame.Tokens.Length) == cut && !before.Any(frame => frame.FinishReason is not null))
            {
                Assert.Equal(Text, string.Concat(before.Select(frame => frame.Text)) + got.Text);
                Assert.Equal(Calls.Length, before.Sum(frame => frame.ToolCalls?.Length ?? 0) + got.Calls.Length);
            }
        }
    }
}
