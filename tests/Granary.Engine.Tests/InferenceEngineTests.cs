using Granary.Engine.Scheduling;
using Granary.Engine.Tests.Toy;
using Granary.Errors;
using Granary.Models;

namespace Granary.Engine.Tests;

public sealed class InferenceEngineTests
{
    [Fact]
    public async Task GenerateAsync_alone_ends_at_max_tokens_with_usage()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync();
        Generation generation = await toy.Engine.CompleteAsync(ToyEngine.Request([1, 2, 3], maxTokens: 9));
        Assert.Equal((9, FinishReason.Length), (generation.Tokens.Length, generation.FinishReason));
        Assert.Equal(ToyTokenizer.TextOf(generation.Tokens), generation.Text);
        Assert.Equal((0, 0, 3L, 9L), (toy.Engine.Status.Running, toy.Engine.Status.Waiting, toy.Engine.Status.PromptTokens, toy.Engine.Status.OutputTokens));
    }

    [Fact]
    public async Task GenerateAsync_says_when_it_begins_with_the_prompt()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync();
        int begun = 0;
        await toy.Engine.CompleteAsync(ToyEngine.Request([1, 2, 3], maxTokens: 2) with { Begun = () => begun++ });
        Assert.Equal(1, begun);
    }

    [Fact]
    public async Task GenerateAsync_chunk_sizes_do_not_matter()
    {
        int[] prompt = [.. Enumerable.Range(0, 50)];
        List<int[]> outputs = [];
        foreach (int chunk in (int[])[1, 3, 7, 50, 64])
        {
            await using ToyEngine toy = await ToyEngine.StartAsync(new EngineOptions { Slots = 2, SlotTokens = 128, PrefillChunkTokens = chunk });
            outputs.Add((await toy.Engine.CompleteAsync(ToyEngine.Request(prompt))).Tokens);
        }

        Assert.All(outputs, output => Assert.Equal(outputs[0], output));
    }

    [Fact]
    public async Task GenerateAsync_end_of_sequence_token_stops_unless_ignored()
    {
        int[] prompt = [4, 2];
        await using ToyEngine free = await ToyEngine.StartAsync();
        int[] tokens = (await free.Engine.CompleteAsync(ToyEngine.Request(prompt))).Tokens;
        ModelManifest manifest = ToyEngine.Manifest with { EndOfSequenceTokens = [tokens[5]] };
        int end = Array.IndexOf(tokens, tokens[5]);

        await using ToyEngine toy = await ToyEngine.StartAsync(manifest: manifest);
        Generation stopped = await toy.Engine.CompleteAsync(ToyEngine.Request(prompt));
        Assert.Equal(tokens[..(end + 1)], stopped.Tokens);
        Assert.Equal(ToyTokenizer.TextOf(tokens[..end]), stopped.Text);
        Assert.Equal(FinishReason.Stop, stopped.FinishReason);

        Generation ignored = await toy.Engine.CompleteAsync(ToyEngine.Request(prompt, sampling: new SamplingParameters { IgnoreEndOfSequence = true }));
        Assert.Equal(tokens, ignored.Tokens);
    }

    [Fact]
    public async Task GenerateAsync_stop_string_across_tokens_is_not_shown()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync();
        Generation whole = await toy.Engine.CompleteAsync(ToyEngine.Request([7, 7]));
        string stop = whole.Text.Substring(4, 3);
        Generation stopped = await toy.Engine.CompleteAsync(ToyEngine.Request([7, 7], sampling: new SamplingParameters { Stop = [stop] }));
        Assert.Equal(whole.Text[..whole.Text.IndexOf(stop, StringComparison.Ordinal)], stopped.Text);
        Assert.Equal(FinishReason.Stop, stopped.FinishReason);
    }

    [Fact]
    public async Task GenerateAsync_seed_gives_same_tokens_alone_and_in_a_batch()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync();
        var sampling = new SamplingParameters { Temperature = 1, TopP = 0.9f, RepetitionPenalty = 1.2f, PresencePenalty = 0.5f };
        EngineRequest[] requests = [.. Enumerable.Range(0, 12).Select(i => ToyEngine.Request([i, 1, i], 20, sampling with { Seed = i / 2 }))];
        List<int[]> alone = [];
        foreach (EngineRequest request in requests)
        {
            alone.Add((await toy.Engine.CompleteAsync(request)).Tokens);
        }

        Generation[] together = await Task.WhenAll(requests.Select(request => toy.Engine.CompleteAsync(request)));
        Assert.Equal(alone, together.Select(g => g.Tokens));
        Assert.NotEqual(alone[0], alone[1]);
    }

    [Fact]
    public async Task GenerateAsync_continued_from_its_own_output_draws_the_same_rest()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync();
        var sampling = new SamplingParameters { Temperature = 1, Seed = 99 };
        int[] whole = (await toy.Engine.CompleteAsync(ToyEngine.Request([5, 6], 20, sampling))).Tokens;
        int[] rest = (await toy.Engine.CompleteAsync(ToyEngine.Request([5, 6, .. whole[..8]], 12, sampling))).Tokens;
        Assert.Equal(whole[8..], rest);
    }

    [Fact]
    public async Task GenerateAsync_reader_that_leaves_is_out_within_one_step()
    {
        using var gate = new StepGate();
        await using ToyEngine toy = await ToyEngine.StartAsync(configure: runner => runner.Before = gate.Pass);
        IAsyncEnumerator<EngineOutput> reader = toy.Engine.GenerateAsync(ToyEngine.Request([1], 100)).GetAsyncEnumerator();
        Task<bool> first = reader.MoveNextAsync().AsTask();
        await gate.ArrivedAsync();
        await gate.LetOneRunAsync(); // the prompt ran; the engine stands in its first decode
        Assert.True(await first);
        Assert.Equal(1, toy.Engine.Status.Running);

        await reader.DisposeAsync();
        long steps = toy.Engine.Status.Steps;
        gate.Open();
        await toy.Engine.DisposeAsync();
        Assert.Equal(steps + 1, toy.Engine.Status.Steps);
    }

    [Fact]
    public async Task GenerateAsync_cancelled_throws_and_frees_the_slot_for_others()
    {
        using var gate = new StepGate();
        await using ToyEngine toy = await ToyEngine.StartAsync(
            new EngineOptions { Slots = 1, SlotTokens = 128 }, configure: runner => runner.Before = gate.Pass);
        using var left = new CancellationTokenSource();
        Task<Generation> cancelled = toy.Engine.CompleteAsync(ToyEngine.Request([1], 100), left.Token);
        await gate.ArrivedAsync();
        Task<Generation> other = toy.Engine.CompleteAsync(ToyEngine.Request([2], 3));
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        gate.Open();
        Assert.Equal(3, (await other).Tokens.Length);
        Assert.InRange(toy.Engine.Status.Steps, 4, 5);
    }

    [Fact]
    public async Task GenerateAsync_full_queue_is_overloaded_until_somebody_leaves()
    {
        using var gate = new StepGate();
        await using ToyEngine toy = await ToyEngine.StartAsync(
            new EngineOptions { Slots = 1, SlotTokens = 128, MaxWaiting = 1 }, configure: runner => runner.Before = gate.Pass);
        Task<Generation> first = toy.Engine.CompleteAsync(ToyEngine.Request([1], 2));
        await gate.ArrivedAsync();
        Task<Generation> second = toy.Engine.CompleteAsync(ToyEngine.Request([2], 2));
        var refusal = await Assert.ThrowsAsync<GranaryException>(() => toy.Engine.CompleteAsync(ToyEngine.Request([3], 2)));
        Assert.Equal(ErrorCode.Overloaded, refusal.Code);
        Assert.Equal((1, 1), (toy.Engine.Status.Running + toy.Engine.Status.Waiting - 1, toy.Engine.Status.Slots));
        gate.Open();
        await Task.WhenAll(first, second);
        Assert.Equal(2, (await toy.Engine.CompleteAsync(ToyEngine.Request([3], 2))).Tokens.Length);
    }

    [Fact]
    public async Task GenerateAsync_queue_full_of_another_tenant_takes_a_request_in_all_the_same()
    {
        using var gate = new StepGate();
        await using ToyEngine toy = await ToyEngine.StartAsync(
            new EngineOptions { Slots = 1, SlotTokens = 128, MaxWaiting = 4 }, configure: runner => runner.Before = gate.Pass);
        Task<Generation>[] flood = [Ask("flooding")];
        await gate.ArrivedAsync();
        flood = [.. flood, .. Enumerable.Range(0, 6).Select(_ => Ask("flooding"))];
        Assert.Equal([false, false, false, false, false, true, true], flood.Select(request => request.IsFaulted));
        Task<Generation>[] calm = [Ask("calm"), Ask("calm")];
        Assert.True((await Assert.ThrowsAsync<GranaryException>(() => Ask("flooding"))).Code is ErrorCode.Overloaded);
        gate.Open();
        await Task.WhenAll(calm);
        Assert.Equal(ErrorCode.Overloaded, (await Assert.ThrowsAsync<GranaryException>(() => flood[4])).Code);
        Assert.Equal(ErrorCode.Overloaded, (await Assert.ThrowsAsync<GranaryException>(() => flood[3])).Code);
        await Task.WhenAll(flood[..3]);
        Assert.Equal((0, 0), (toy.Engine.Status.Running, toy.Engine.Status.Waiting));

        Task<Generation> Ask(string tenant) => toy.Engine.CompleteAsync(ToyEngine.Request([1], 2) with { Tenant = tenant });
    }

    [Fact]
    public async Task GenerateAsync_reader_that_never_reads_holds_nobody_up()
    {
        using var gate = new StepGate();
        await using ToyEngine toy = await ToyEngine.StartAsync(configure: runner => runner.Before = gate.Pass);
        await using IAsyncEnumerator<EngineOutput> slow = toy.Engine.GenerateAsync(ToyEngine.Request([1], 100)).GetAsyncEnumerator();
        Task<bool> first = slow.MoveNextAsync().AsTask();
        await gate.ArrivedAsync();
        await gate.LetOneRunAsync();
        Assert.True(await first);
        int seen = slow.Current.Tokens.Length;
        gate.Open();
        await toy.Engine.CompleteAsync(ToyEngine.Request([2], 120)); // 120 steps: the slow one has ended meanwhile

        Assert.True(await slow.MoveNextAsync());
        Assert.Equal((seen, 100 - seen, FinishReason.Length), (slow.Current.FirstIndex, slow.Current.Tokens.Length, slow.Current.FinishReason));
        Assert.False(await slow.MoveNextAsync());
    }

    [Fact]
    public async Task GenerateAsync_logits_not_finite_fail_that_sequence_alone()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync(
            configure: runner => runner.Distort = (tokens, logits) => logits[50] = tokens[0] == 13 && tokens.Length > 4 ? float.NaN : logits[50]);
        Task<Generation> bad = toy.Engine.CompleteAsync(ToyEngine.Request([13, 1], 20));
        Task<Generation> good = toy.Engine.CompleteAsync(ToyEngine.Request([14, 1], 20));
        var error = await Assert.ThrowsAsync<GranaryException>(() => bad);
        Assert.Equal(ErrorCode.Internal, error.Code);
        Assert.Equal(20, (await good).Tokens.Length);
        Assert.False(toy.Engine.Status.IsStuck);
    }

    [Fact]
    public async Task GenerateAsync_throwing_forward_fails_its_sequences_and_the_engine_goes_on()
    {
        int calls = 0;
        await using ToyEngine toy = await ToyEngine.StartAsync(configure: runner => runner.Before = _ =>
        {
            if (++calls == 3)
            {
                throw new InvalidOperationException("device");
            }
        });
        var error = await Assert.ThrowsAsync<GranaryException>(() => toy.Engine.CompleteAsync(ToyEngine.Request([1], 20)));
        Assert.Equal(ErrorCode.Internal, error.Code);
        Assert.IsType<InvalidOperationException>(error.Cause);
        Assert.Equal(20, (await toy.Engine.CompleteAsync(ToyEngine.Request([1], 20))).Tokens.Length);
    }

    [Fact]
    public async Task GenerateAsync_first_of_several_prompts_in_a_step_fails_alone()
    {
        int prompts = 0;
        using var gate = new StepGate();
        await using ToyEngine toy = await ToyEngine.StartAsync(configure: runner => runner.Before = call =>
        {
            gate.Pass(call);
            if (!call.IsDecode && ++prompts == 2)
            {
                throw new InvalidOperationException("device");
            }
        });
        Task<Generation> first = toy.Engine.CompleteAsync(ToyEngine.Request([1], 100));
        await gate.ArrivedAsync(); // the others arrive before the next step, and share it
        Task<Generation>[] others = [.. Enumerable.Range(2, 3).Select(i => toy.Engine.CompleteAsync(ToyEngine.Request([i], 10)))];
        gate.Open();
        await Assert.ThrowsAsync<GranaryException>(() => others[0]);
        Assert.Equal([100, 10, 10], (await Task.WhenAll(first, others[1], others[2])).Select(generation => generation.Tokens.Length));
    }

    [Fact]
    public async Task Status_every_forward_fails_is_stuck()
    {
        bool broken = true;
        await using ToyEngine toy = await ToyEngine.StartAsync(configure: runner => runner.Before = _ =>
        {
            if (Volatile.Read(ref broken))
            {
                throw new InvalidOperationException("device");
            }
        });
        for (int i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<GranaryException>(() => toy.Engine.CompleteAsync(ToyEngine.Request([1])));
        }

        Assert.True(await Eventually(() => toy.Engine.Status is { IsStuck: true, Steps: 3 }));
        Volatile.Write(ref broken, false);
        await toy.Engine.CompleteAsync(ToyEngine.Request([1]));
        Assert.False(toy.Engine.Status.IsStuck);
    }

    [Fact]
    public async Task Status_broken_device_fails_a_batch_once_rests_and_is_stuck()
    {
        using var gate = new StepGate();
        bool broken = false;
        await using ToyEngine toy = await ToyEngine.StartAsync(configure: runner =>
        {
            runner.Before = call =>
            {
                gate.Pass(call);
                Throw();
            };
            runner.BeforeMove = Throw;
        });
        Task<Generation>[] batch = [.. Enumerable.Range(1, 3).Select(i => toy.Engine.CompleteAsync(ToyEngine.Request([i], 100)))];
        await gate.ArrivedAsync();
        for (int pass = 0; pass < 6; pass++)
        {
            await gate.LetOneRunAsync();
        }

        Volatile.Write(ref broken, true);
        gate.Open();
        foreach (Task<Generation> generation in batch)
        {
            Assert.Equal(ErrorCode.Internal, (await Assert.ThrowsAsync<GranaryException>(() => generation)).Code);
        }

        for (int i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<GranaryException>(() => toy.Engine.CompleteAsync(ToyEngine.Request([1])));
        }

        Assert.True(await Eventually(() => toy.Engine.Status is { IsStuck: true, Running: 0, Waiting: 0 }));
        long steps = toy.Engine.Status.Steps;
        await Assert.ThrowsAsync<GranaryException>(() => toy.Engine.CompleteAsync(ToyEngine.Request([1])));
        Assert.True(await Eventually(() => toy.Engine.Status.Steps == steps + 1)); // none without work
        Assert.False(toy.Runner.IsDisposed);

        void Throw()
        {
            if (Volatile.Read(ref broken))
            {
                throw new InvalidOperationException("device");
            }
        }
    }

    [Fact]
    public async Task GenerateAsync_slot_that_cannot_be_given_back_ends_the_engine_and_every_stream()
    {
        using var gate = new StepGate();
        using var leaving = new CancellationTokenSource();
        await using ToyEngine toy = await ToyEngine.StartAsync(configure: runner => runner.Before = gate.Pass);
        Task<Generation> cancelled = toy.Engine.CompleteAsync(ToyEngine.Request([1], 100), leaving.Token);
        await gate.ArrivedAsync();
        Task<Generation>[] others = [.. Enumerable.Range(2, 3).Select(i => toy.Engine.CompleteAsync(ToyEngine.Request([i], 100)))];
        for (int pass = 0; pass < 8; pass++)
        {
            await gate.LetOneRunAsync();
        }

        toy.Runner.BeforeMove = () => throw new InvalidOperationException("device");
        await leaving.CancelAsync();
        gate.Open();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        foreach (Task<Generation> other in others)
        {
            Assert.Equal(ErrorCode.Internal, (await Assert.ThrowsAsync<GranaryException>(() => other)).Code);
        }

        var late = await Assert.ThrowsAsync<GranaryException>(() => toy.Engine.CompleteAsync(ToyEngine.Request([1])));
        Assert.Equal((ErrorCode.Unavailable, true), (late.Code, toy.Engine.Status.IsStuck));
        await toy.DisposeAsync();
        Assert.True(toy.Runner.IsDisposed);
    }

    [Fact]
    public void Status_step_with_nothing_to_compute_says_nothing_about_the_device()
    {
        var progress = new EngineProgress(new ManualTime(), new EngineOptions(), slots: 1);
        progress.StepFinished(0, 0, failed: true);
        progress.StepFinished(0, 0, failed: true);
        progress.StepFinished(0, 0, failed: null);
        progress.StepFinished(0, 0, failed: true);
        Assert.True(progress.Status.IsStuck);
        progress.StepFinished(0, 1, failed: false);
        Assert.False(progress.Status.IsStuck);
    }

    [Fact]
    public async Task StartAsync_that_fails_after_loading_gives_the_model_back()
    {
        ToyRunner? loaded = null;
        await Assert.ThrowsAsync<OverflowException>(() => ToyEngine.StartAsync(configure: runner => (loaded, runner.TokenBytes) = (runner, int.MaxValue))); // no block is so large
        Assert.True(loaded!.IsDisposed);
    }

    [Fact]
    public void Status_step_is_late_when_it_takes_several_times_as_long_as_recent_ones()
    {
        var time = new ManualTime();
        var progress = new EngineProgress(time, new EngineOptions { StuckAfter = TimeSpan.FromSeconds(10) }, slots: 1);
        Sequence sequence = ToySequence.New();
        progress.TryEnter(sequence);
        Step(2000, 500);
        Step(10, 1000);
        Assert.False(IsLateAfter(250));
        Assert.True(IsLateAfter(1));

        Step(10, 1000);
        Step(200, 1);
        Assert.False(IsLateAfter(600));
        Assert.True(IsLateAfter(20));
        progress.Leave(sequence);
        Assert.False(progress.Status.IsLate); // idle

        void Step(int milliseconds, int count)
        {
            for (int i = 0; i < count; i++)
            {
                time.Advance(TimeSpan.FromMilliseconds(milliseconds));
                progress.StepFinished(0, 1, failed: false);
            }
        }

        bool IsLateAfter(int milliseconds)
        {
            time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            return progress.Status.IsLate;
        }
    }

    [Fact]
    public async Task Status_no_step_finishes_while_work_waits_is_stuck()
    {
        var time = new ManualTime();
        using var gate = new StepGate();
        var options = new EngineOptions { Slots = 1, SlotTokens = 128, StuckAfter = TimeSpan.FromSeconds(10) };
        await using ToyEngine toy = await ToyEngine.StartAsync(options, time, runner => runner.Before = gate.Pass);
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(toy.Engine.Status.IsStuck); // idle

        Task<Generation> generation = toy.Engine.CompleteAsync(ToyEngine.Request([1], 2));
        await gate.ArrivedAsync();
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal((false, false), (toy.Engine.Status.IsStuck, toy.Engine.Status.IsLate)); // first steps may take long
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.True(toy.Engine.Status.IsStuck);
        gate.Open();
        await generation;
        Assert.False(toy.Engine.Status.IsStuck);
    }

    [Fact]
    public async Task DisposeAsync_under_load_ends_every_stream()
    {
        using var gate = new StepGate();
        ToyEngine toy = await ToyEngine.StartAsync(new EngineOptions { Slots = 4, SlotTokens = 1024 }, configure: runner => runner.Before = gate.Pass);
        Task<Generation>[] running = [.. Enumerable.Range(0, 20).Select(i => toy.Engine.CompleteAsync(ToyEngine.Request([i], 1000)))];
        await gate.ArrivedAsync();
        await gate.LetOneRunAsync();
        Task ended = toy.DisposeAsync().AsTask();
        gate.Open();
        await ended;
        foreach (Task<Generation> task in running)
        {
            var error = await Assert.ThrowsAsync<GranaryException>(() => task);
            Assert.Equal(ErrorCode.Unavailable, error.Code);
        }

        Assert.True(toy.Runner.IsDisposed);
        Assert.Equal((0, 0, true), (toy.Engine.Status.Running, toy.Engine.Status.Waiting, toy.Engine.Status.IsStuck));
        var late = await Assert.ThrowsAsync<GranaryException>(() => toy.Engine.CompleteAsync(ToyEngine.Request([1])));
        Assert.Equal(ErrorCode.Unavailable, late.Code);
        await toy.DisposeAsync();
    }

    [Theory]
    [InlineData(0, 1, ErrorCode.InvalidRequest)]
    [InlineData(1, -1, ErrorCode.InvalidRequest)]
    [InlineData(128, 1, ErrorCode.ContextLengthExceeded)]
    [InlineData(100, 29, ErrorCode.ContextLengthExceeded)]
    public async Task GenerateAsync_impossible_request_is_refused(int prompt, int maxTokens, ErrorCode code)
    {
        await using ToyEngine toy = await ToyEngine.StartAsync();
        var refusal = await Assert.ThrowsAsync<GranaryException>(() => toy.Engine.CompleteAsync(ToyEngine.Request(new int[prompt], maxTokens)));
        Assert.Equal(code, refusal.Code);
        Assert.Equal(0, toy.Engine.Status.Waiting);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    public async Task GenerateAsync_token_outside_vocabulary_is_refused(int token)
    {
        await using ToyEngine toy = await ToyEngine.StartAsync();
        var refusal = await Assert.ThrowsAsync<GranaryException>(() => toy.Engine.CompleteAsync(ToyEngine.Request([token])));
        Assert.Equal(ErrorCode.InvalidRequest, refusal.Code);
    }

    [Theory]
    [InlineData(-101)]
    [InlineData(101)]
    public async Task GenerateAsync_priority_out_of_range_is_refused(int priority)
    {
        await using ToyEngine toy = await ToyEngine.StartAsync();
        EngineRequest request = ToyEngine.Request([1]) with { Priority = priority };
        var refusal = await Assert.ThrowsAsync<GranaryException>(() => toy.Engine.CompleteAsync(request));
        Assert.Equal((ErrorCode.InvalidRequest, "priority"), (refusal.Code, refusal.Parameter));
    }

    [Fact]
    public async Task GenerateAsync_prompt_and_output_fill_the_slot_exactly()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync();
        Assert.Equal(28, (await toy.Engine.CompleteAsync(ToyEngine.Request(new int[100], 28))).Tokens.Length);
    }

    [Fact]
    public async Task GenerateAsync_no_max_tokens_takes_what_fits()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync();
        EngineRequest request = ToyEngine.Request(new int[100]) with { Sampling = new SamplingParameters() };
        Assert.Equal(28, (await toy.Engine.CompleteAsync(request)).Tokens.Length);
    }

    // For what the engine's thread notes just after it handed the last output out.
    [Fact]
    public async Task GenerateAsync_cancelled_while_nobody_reads_computes_no_more()
    {
        using var gate = new StepGate();
        using var cts = new CancellationTokenSource();
        await using ToyEngine toy = await ToyEngine.StartAsync(configure: runner => runner.Before = gate.Pass);
        await using IAsyncEnumerator<EngineOutput> outputs = toy.Engine.GenerateAsync(ToyEngine.Request([1], 100), cts.Token).GetAsyncEnumerator();
        Task<bool> first = outputs.MoveNextAsync().AsTask();
        await gate.ArrivedAsync();
        await gate.LetOneRunAsync();
        Assert.True(await first);

        await cts.CancelAsync();
        gate.Open();

        await toy.Engine.CompleteAsync(ToyEngine.Request([1, 2], 16));
        Assert.InRange(toy.Engine.Status.OutputTokens, 16 + 1, 16 + 3);
    }

    private static async Task<bool> Eventually(Func<bool> condition)
    {
        for (int i = 0; i < 10_000 && !condition(); i++)
        {
            await Task.Yield();
        }

        return condition();
    }
}
