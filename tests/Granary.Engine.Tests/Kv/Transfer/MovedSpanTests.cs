using System.Collections.Concurrent;
using System.Diagnostics;
using Granary.Diagnostics;
using Granary.Engine.Tests.Toy;

namespace Granary.Engine.Tests.Kv.Transfer;

/// <summary>A traced generation has a span at each engine that it ran on.</summary>
public sealed class MovedSpanTests : IDisposable
{
    private const int MaxTokens = 60;

    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ActivitySpanId _turn = ActivitySpanId.CreateRandom();
    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly ActivityListener _listener;

    public MovedSpanTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == GranaryTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task ImportAsync_traced_generation_goes_on_in_a_span_under_the_same_turn()
    {
        byte[] exported = await ExportedAsync($"00-{_trace}-{_turn}-01");
        await using ToyEngine target = await ToyEngine.StartAsync(PrefixReuseTests.Options());
        await ReadAsync(target.Engine.ImportAsync(new MemoryStream(exported)));

        Activity[] engines = [.. _spans.Where(span => span.ParentSpanId == _turn && span.TraceId == _trace)];
        Assert.Equal(["moved", "length"], engines.Select(span => Assert.Single((string[])span.GetTagItem("gen_ai.response.finish_reasons")!)));
        Assert.All(engines, span => Assert.Equal(("text_completion toy", "r100"), (span.DisplayName, span.GetTagItem("gen_ai.response.id"))));
        Assert.Equal(MaxTokens, engines[1].GetTagItem("gen_ai.usage.output_tokens"));
        Assert.InRange((int)engines[1].GetTagItem("granary.engine.imported_tokens")!, 100, 100 + MaxTokens - 1);

        Assert.Equal(["queue", "prefill", "decode"], Phases(engines[0]).Select(phase => phase.DisplayName));
        Activity[] phases = Phases(engines[1]);
        Assert.Equal(["import", "queue", "prefill", "decode"], phases.Select(phase => phase.DisplayName));
        Assert.Equal(engines[1].StartTimeUtc, phases[0].StartTimeUtc);
        Assert.All(phases.Zip(phases.Skip(1)), pair => Assert.True(pair.Second.StartTimeUtc >= pair.First.StartTimeUtc + pair.First.Duration - TimeSpan.FromMilliseconds(1)));
        Assert.True(phases[^1].Duration > TimeSpan.Zero);
    }

    [Fact]
    public async Task ImportAsync_generation_that_nobody_traces_has_no_span()
    {
        byte[] exported = await ExportedAsync(traceParent: null);
        await using ToyEngine target = await ToyEngine.StartAsync(PrefixReuseTests.Options(), manifest: ToyEngine.Manifest with { Name = "untraced" });
        await ReadAsync(target.Engine.ImportAsync(new MemoryStream(exported)));

        Assert.DoesNotContain(_spans, span => span.DisplayName.Contains("untraced", StringComparison.Ordinal));
    }

    private Activity[] Phases(Activity generation) => [.. _spans.Where(span => span.TraceId == _trace && span.ParentSpanId == generation.SpanId)];

    private static async Task<byte[]> ExportedAsync(string? traceParent)
    {
        using var gate = new StepGate();
        await using ToyEngine source = await ToyEngine.StartAsync(PrefixReuseTests.Options(), configure: runner => runner.Before = gate.Pass);
        Task reading = ReadAsync(source.Engine.GenerateAsync(ToyEngine.Request(PrefixReuseTests.Prompt(1, 100), MaxTokens) with { TraceParent = traceParent }));
        await gate.ArrivedAsync();
        for (int pass = 0; pass < 20; pass++)
        {
            await gate.LetOneRunAsync();
        }

        var stream = new MemoryStream();
        Task export = source.Engine.ExportAsync("r100", stream);
        gate.Open();
        await export;
        await reading;
        return stream.ToArray();
    }

    private static async Task ReadAsync(IAsyncEnumerable<EngineOutput> outputs)
    {
        await foreach (EngineOutput _ in outputs)
        {
        }
    }
}
