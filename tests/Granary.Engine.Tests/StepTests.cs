using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Granary.Engine.Tests.Toy;
using Granary.Models;

namespace Granary.Engine.Tests;

public sealed class StepTests
{
    [Fact]
    public async Task Step_long_prompt_arrives_others_wait_for_one_chunk_at_most()
    {
        ConcurrentQueue<ToyCall> calls = [];
        using var gate = new StepGate();
        await using ToyEngine toy = await ToyEngine.StartAsync(
            new EngineOptions { Slots = 4, SlotTokens = 1024, PrefillChunkTokens = 32 },
            configure: runner => runner.Before = call =>
            {
                calls.Enqueue(call);
                gate.Pass(call);
            });
        Task<Generation> running = toy.Engine.CompleteAsync(ToyEngine.Request([1], 200));
        await gate.ArrivedAsync();
        await gate.LetOneRunAsync();
        Task<Generation> arriving = toy.Engine.CompleteAsync(ToyEngine.Request(new int[900], 2));
        gate.Open();
        await Task.WhenAll(running, arriving);

        // From its arrival on, every chunk is followed by a decode of the running sequence.
        ToyCall[] order = [.. calls];
        int[] chunks = [.. Enumerable.Range(1, order.Length - 1).Where(i => !order[i].IsDecode)];
        Assert.Equal(29, chunks.Length); // 900 / 32
        Assert.All(chunks, i => Assert.True(order[i].TokensPerRow <= 32 && order[i + 1].IsDecode));
    }

    [Fact]
    public async Task Step_first_token_goes_out_before_others_next_ones_are_computed()
    {
        using var gate = new StepGate();
        await using ToyEngine toy = await ToyEngine.StartAsync(new EngineOptions { Slots = 4, SlotTokens = 1024 }, configure: runner => runner.Before = gate.Pass);
        Task<Generation> running = toy.Engine.CompleteAsync(ToyEngine.Request([1], 200));
        await gate.ArrivedAsync();
        await gate.LetOneRunAsync();
        IAsyncEnumerator<EngineOutput> arriving = toy.Engine.GenerateAsync(ToyEngine.Request([2], 2)).GetAsyncEnumerator();
        ValueTask<bool> first = arriving.MoveNextAsync();
        await gate.LetOneRunAsync(); // the decode that it came in; the engine stands before its prompt
        await gate.LetOneRunAsync(); // and now before the decode that follows
        Assert.True(await first);
        gate.Open();
        while (await arriving.MoveNextAsync())
        {
        }

        await running;
        await arriving.DisposeAsync();
    }

    [Fact]
    public async Task Step_cut_short_for_who_arrives_delays_others_by_one_budget_at_most()
    {
        ConcurrentQueue<ToyCall> calls = [];
        ToyEngine? started = null;
        List<Task<Generation>> arrived = [];
        await using ToyEngine toy = await ToyEngine.StartAsync(
            new EngineOptions { Slots = 16, SlotTokens = 1024, PrefillChunkTokens = 32 },
            configure: runner => runner.Before = call =>
            {
                calls.Enqueue(call);
                if (!call.IsDecode && arrived.Count < 10)
                {
                    arrived.Add(started!.Engine.CompleteAsync(ToyEngine.Request([arrived.Count, 1, 2, 3, 4, 5, 6, 7], 20))); // while every prompt is computed, another one comes
                }
            });
        started = toy;
        await toy.Engine.CompleteAsync(ToyEngine.Request([100], 100));
        Generation[] got = await Task.WhenAll(arrived);

        ToyCall[] order = [.. calls];
        int[] runs = [.. string.Concat(order.Select(call => call.IsDecode ? 'd' : 'p')).Split('d').Select(run => run.Length)];
        Assert.InRange(runs.Max(), 2, 4); // of 8 tokens, and 2 that a pass counts, in 32: more than one of a step, and not all before the first decode
        Assert.All(got, generation => Assert.Equal(20, generation.Tokens.Length));
    }

    private static readonly Dictionary<string, SamplingParameters> SamplingsByName = new(StringComparer.Ordinal)
    {
        ["greedy"] = new(),
        ["drawn"] = new() { Temperature = 1, TopP = 0.9f, MinP = 0.01f },
        ["drawn from the best"] = new() { Temperature = 1, TopK = 20, TopP = 0.9f },
        ["penalised"] = new() { RepetitionPenalty = 1.1f, PresencePenalty = 0.5f, FrequencyPenalty = 0.5f },
        ["biased"] = new() { LogitBias = [new(1, 5), new(2, -100)], MinTokens = 900 },
        ["with log-probabilities"] = new() { Temperature = 1, TopLogProbs = 20 },
    };

    private const int Streams = 4;
    private const int SmallestObjectBytes = 24;

    public static TheoryData<string> Samplings => [.. SamplingsByName.Keys];

    [Theory]
    [MemberData(nameof(Samplings))]
    public async Task Step_steady_state_allocates_nothing_on_the_engines_thread(string sampling)
    {
        List<long> allocated = [];
        await using ToyEngine toy = await ToyEngine.StartAsync(
            new EngineOptions { Slots = 4, SlotTokens = 1024 },
            configure: runner => runner.Before = _ => allocated.Add(GC.GetAllocatedBytesForCurrentThread()));
        allocated.Capacity = 10_000;
        await Task.WhenAll(Enumerable.Range(0, Streams).Select(i => toy.Engine.CompleteAsync(ToyEngine.Request([i], 900, SamplingsByName[sampling]))));

        // Buffers that the reader has yet to take may grow now and then; a step as such allocates nothing, and on average a token, or one of its log-probabilities, costs less than any object.
        long[] steps = [.. allocated.Skip(200).Zip(allocated.Skip(201), (before, after) => after - before).Order()];
        Assert.InRange(steps.Average() / Streams / (1 + (SamplingsByName[sampling].TopLogProbs ?? 0)), 0, SmallestObjectBytes - 1);
        Assert.True(steps[steps.Length * 9 / 10] == 0, $"bytes per step, by decile: {string.Join(' ', steps.Where((_, i) => i % (steps.Length / 10) == 0))}");
    }

    [Fact]
    public async Task Step_several_tenants_and_classes_allocate_nothing_on_the_engines_thread()
    {
        List<long> allocated = [];
        var options = new EngineOptions { SlotClasses = [new() { Tokens = 512, Slots = 2 }, new() { Tokens = 1024, Slots = 4 }], MinRunTokens = 200 };
        await using ToyEngine toy = await ToyEngine.StartAsync(
            options, configure: runner => runner.Before = _ => allocated.Add(GC.GetAllocatedBytesForCurrentThread()));
        allocated.Capacity = 100_000;
        await Task.WhenAll(Enumerable.Range(0, 18).Select(i => toy.Engine.CompleteAsync(
            ToyEngine.Request([i], 900) with { Tenant = $"t{i % 3}", TenantWeight = 1 + i, Priority = i % 2 })));

        // Six run and up to twelve wait. Sequences come, go, move up and are parked now and then; a step as such allocates nothing.
        long[] steps = [.. allocated.Skip(200).Zip(allocated.Skip(201), (before, after) => after - before).Order()];
        Assert.True(toy.Runner.ReadTokens > 0);
        Assert.True(steps[steps.Length * 9 / 10] == 0, $"bytes per step, by decile: {string.Join(' ', steps.Where((_, i) => i % (steps.Length / 10) == 0))}");
    }

    [Fact]
    public async Task Step_metrics_count_requests_and_tokens_under_their_names()
    {
        ConcurrentDictionary<string, double> sums = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == "Granary")
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, 1, tags));
        listener.Start();

        using var gate = new StepGate();
        var options = new EngineOptions { Slots = 1, SlotTokens = 128, MinRunTokens = 1 };
        await using ToyEngine toy = await ToyEngine.StartAsync(
            options, new ManualTime(), runner => runner.Before = gate.Pass, ToyEngine.Manifest with { Name = "metered" });
        Task<Generation> patient = toy.Engine.CompleteAsync(ToyEngine.Request([1, 2, 3], 5) with { Priority = 1 });
        await gate.ArrivedAsync();
        await gate.LetOneRunAsync();
        Task<Generation> urgent = toy.Engine.CompleteAsync(ToyEngine.Request([4], 1));
        gate.Open();
        await Task.WhenAll(patient, urgent);
        listener.RecordObservableInstruments();
        await toy.DisposeAsync();

        Assert.Equal(4, sums["granary:prompt_tokens_total"]);
        Assert.Equal(6, sums["granary:generation_tokens_total"]);
        Assert.Equal(2, sums["granary:request_success_total"]);
        Assert.Equal(2, sums["granary:time_to_first_token_seconds"]);
        Assert.Equal(4, sums["granary:inter_token_latency_seconds"]);
        Assert.Equal(2, sums["granary:e2e_request_latency_seconds"]);
        Assert.Equal(2, sums["granary:request_queue_time_seconds"]);
        Assert.Equal(2, sums["granary:request_prefill_time_seconds"]);
        Assert.Equal(2, sums["granary:request_decode_time_seconds"]);
        Assert.Equal(1, sums["granary:num_preemptions_total"]);
        Assert.Equal(2, sums["granary:request_prompt_tokens"]);
        Assert.Equal(2, sums["granary:request_generation_tokens"]);
        Assert.Equal(2, sums["granary:request_max_num_generation_tokens"]);
        Assert.Equal(0, sums["granary:num_requests_running"]);
        Assert.Equal(0, sums["granary:num_requests_waiting"]);

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag is { Key: "model_name", Value: "metered" })
                {
                    sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
                }
            }
        }
    }
}
