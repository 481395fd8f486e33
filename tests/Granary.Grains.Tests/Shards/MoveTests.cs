using System.Collections.Concurrent;
using System.Diagnostics;
using Granary.Clustering;
using Granary.Diagnostics;
using Granary.Engine;
using Granary.Errors;
using Granary.Grains.Tests.Fixtures;
using Granary.Models;
using Granary.Serving;
using Granary.Shards;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Shards;

/// <summary>The demo model's generations on their way from one silo to the other.</summary>
public sealed class MoveTests(ToolModel model) : IClassFixture<ToolModel>
{
    private static readonly SamplingParameters Long = new() { Temperature = 0.8f, TopK = 40, Seed = 3, MaxTokens = 200, IgnoreEndOfSequence = true };

    public static TheoryData<string, GenerateRequest> Requests() => new()
    {
        { "plain", Request(Long) },
        { "several", Request(Long with { FrequencyPenalty = 0.4f, MaxTokens = 150 }) with { Choices = 3 } },
        { "call", Request(Long with { IgnoreEndOfSequence = null, MaxTokens = 300 }) with { Tools = LongCall } },
        { "log-probs", Request(Long with { TopLogProbs = 2, Stop = ["zzzz"] }) },
    };

    private static ToolUse LongCall => ResumeTests.Tools with
    {
        Definitions = [new ToolDefinition("weather", null, """{"type":"object","properties":{"city":{"type":"string","minLength":200,"maxLength":220}},"required":["city"],"additionalProperties":false}""")],
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task GenerateAsync_moved_in_mid_stream_is_what_it_would_have_been(string name, GenerateRequest request)
    {
        var shards = await model.Cluster.ShardsAsync(ToolModel.Name);
        var undisturbed = await ReadAsync(shards[1], request with { RequestId = $"{name} undisturbed" });
        var engine = Engine(shards[1]);
        var computed = engine.Status.PromptTokens;

        var (before, after) = await MoveAsync(shards, request with { RequestId = $"{name} moved" });

        Assert.InRange(engine.Status.PromptTokens - computed, 0, request.Choices); // each computes its last token, which nobody had
        for (var choice = 0; choice < request.Choices; choice++)
        {
            var whole = Of(undisturbed, choice);
            var (old, fresh) = (Of(before, choice), Of(after, choice));
            Assert.Equal(FinishReason.Moved, old[^1].FinishReason);
            Assert.Equal(old.Sum(frame => frame.Tokens.Length), fresh[0].FirstIndex);
            Assert.Equal(whole.SelectMany(frame => frame.Tokens), old.Concat(fresh).SelectMany(frame => frame.Tokens));
            Assert.Equal(Text(whole), Text([.. old, .. fresh]));
            Assert.Equal(Calls(whole), Calls([.. old, .. fresh]));
            Assert.Equal(whole[^1].FinishReason, fresh[^1].FinishReason);
            Assert.Equal(whole[^1].Usage!.OutputTokens, fresh[^1].Usage!.OutputTokens);
            Assert.Equal(whole.Sum(frame => frame.LogProbs?.Length ?? 0), old.Concat(fresh).Sum(frame => frame.LogProbs?.Length ?? 0));
        }
    }

    [Fact]
    public async Task GenerateAsync_moved_and_traced_has_a_span_at_each_engine()
    {
        var turn = ActivitySpanId.CreateRandom();
        ConcurrentQueue<Activity> spans = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == GranaryTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var shards = await model.Cluster.ShardsAsync(ToolModel.Name);
        await MoveAsync(shards, Request(Long) with { RequestId = "traced", TraceParent = $"00-{ActivityTraceId.CreateRandom()}-{turn}-01" });

        var reasons = spans.Where(span => span.ParentSpanId == turn).Select(span => Assert.Single((string[])span.GetTagItem("gen_ai.response.finish_reasons")!));
        Assert.Equal(["moved", "length"], reasons);
        Assert.Single(spans, span => span.DisplayName == "import");
    }

    [Fact]
    public async Task ExportAsync_given_up_lets_the_generation_go_on()
    {
        var shards = await model.Cluster.ShardsAsync(ToolModel.Name);
        var undisturbed = await ReadAsync(shards[0], Request(Long));
        List<TokenFrame> frames = [];
        await foreach (var frame in shards[0].GenerateAsync(Request(Long) with { RequestId = "given up" }, TestContext.Current.CancellationToken).WithBatchSize(1))
        {
            frames.Add(frame);
            if (frames.Count == 3)
            {
                await using var pieces = shards[0].ExportAsync("given up", 0, TestContext.Current.CancellationToken).WithBatchSize(1).GetAsyncEnumerator(TestContext.Current.CancellationToken);
                Assert.True(await pieces.MoveNextAsync());
            }
        }

        Assert.Equal(undisturbed.SelectMany(frame => frame.Tokens), frames.SelectMany(frame => frame.Tokens));
        Assert.Equal(FinishReason.Length, frames[^1].FinishReason);
    }

    [Fact]
    public async Task ExportAsync_nobody_of_that_name_is_refused() =>
        await PiecesAsync((await model.Cluster.ShardsAsync(ToolModel.Name))[0], "nobody").RefusesAsync(ErrorCode.InvalidRequest);

    [Fact]
    public async Task GenerateAsync_that_cannot_be_taken_over_is_computed_from_what_is_known()
    {
        var shards = await model.Cluster.ShardsAsync(ToolModel.Name);
        var request = Request(new() { Temperature = 0, MaxTokens = 20 });
        var whole = await ReadAsync(shards[0], request);
        int[] tokens = [.. whole.SelectMany(frame => frame.Tokens)];

        var rest = await ReadAsync(shards[1], request with { RequestId = "lost", MoveFrom = shards[0].GetPrimaryKeyString(), Resumed = [new ResumedChoice { Tokens = tokens[..7] }] });

        Assert.Equal(7, rest[0].FirstIndex);
        Assert.Equal(tokens[7..], rest.SelectMany(frame => frame.Tokens));
    }

    [Fact]
    public async Task GenerateAsync_drained_silo_tells_its_generations_to_leave()
    {
        await using var cluster = await GranaryCluster.StartAsync();
        var shard = (await cluster.ShardsAsync())[0];
        var steps = cluster.Script.For("leaving").Steps = new SemaphoreSlim(1);
        await using var frames = shard.GenerateAsync(new GenerateRequest { RequestId = "leaving", Prompts = [new RawPrompt("Hi")] }, TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await NextAsync(frame => frame.Tokens.Length > 0);

        cluster.SiloOf(shard).GetRequiredService<LocalDrain>().Begin();

        await NextAsync(frame => frame is { IsHeartbeat: true, IsLeaving: true });
        steps.Release(100);
        await NextAsync(frame => frame.FinishReason is not null);

        async Task NextAsync(Func<TokenFrame, bool> condition)
        {
            do
            {
                Assert.True(await frames.MoveNextAsync());
            }
            while (!condition(frames.Current));
        }
    }

    // Long enough for keys and values to be worth their way: a block at least.
    private static GenerateRequest Request(SamplingParameters sampling) => ResumeTests.Request(sampling) with
    {
        Messages = [new ChatMessage(ChatRole.User, string.Concat(Enumerable.Range(1, 12).Select(i => $"Tell me a story of {i} foxes, and of a hen. ")))],
    };

    /// <summary>Reads at one silo, and moves it to the other when it has a few tokens of each output.</summary>
    private static async Task<(List<TokenFrame> Before, List<TokenFrame> After)> MoveAsync(IShardGrain[] shards, GenerateRequest request)
    {
        Task<List<TokenFrame>>? moved = null;
        List<TokenFrame> before = [];
        await foreach (var frame in shards[0].GenerateAsync(request, TestContext.Current.CancellationToken))
        {
            if (frame.IsHeartbeat)
            {
                continue;
            }

            before.Add(frame);
            if (moved is null && Enumerable.Range(0, request.Choices).All(choice => Of(before, choice).Length > 2))
            {
                var known = Enumerable.Range(0, request.Choices).Select(choice => new ResumedChoice { Tokens = [.. Of(before, choice).SelectMany(one => one.Tokens)] });
                moved = ReadAsync(shards[1], request with { MoveFrom = shards[0].GetPrimaryKeyString(), Resumed = [.. known] });
            }
        }

        Assert.NotNull(moved);
        return (before, await moved);
    }

    private IEngine Engine(IShardGrain shard) => model.Cluster.SiloOf(shard).GetRequiredService<LocalModels>().Find(ToolModel.Name)!.Engine;

    private static TokenFrame[] Of(List<TokenFrame> frames, int choice) => [.. frames.Where(frame => frame.Choice == choice)];

    private static string Text(TokenFrame[] frames) => string.Concat(frames.Select(frame => frame.Text));

    private static string Calls(TokenFrame[] frames) => string.Join(';', frames.SelectMany(frame => frame.ToolCalls ?? []).Select(call => call.Name + call.Arguments));

    private static async Task<List<TokenFrame>> ReadAsync(IShardGrain shard, GenerateRequest request)
    {
        List<TokenFrame> frames = [];
        await foreach (var frame in shard.GenerateAsync(request, TestContext.Current.CancellationToken))
        {
            if (!frame.IsHeartbeat)
            {
                frames.Add(frame);
            }
        }

        return frames;
    }

    private static async Task<int> PiecesAsync(IShardGrain shard, string requestId)
    {
        var bytes = 0;
        await foreach (var piece in shard.ExportAsync(requestId, 0, TestContext.Current.CancellationToken))
        {
            bytes += piece.Length;
        }

        return bytes;
    }
}
