using Granary.Engine.Tests.Toy;
using Granary.Errors;
using Granary.Models;

namespace Granary.Engine.Tests.Kv.Transfer;

public sealed class ExportImportTests
{
    private const int MaxTokens = 60;

    public static TheoryData<SamplingParameters> Samplings() =>
    [
        new SamplingParameters { Temperature = 0 },
        new SamplingParameters { Temperature = 1, Seed = 3, RepetitionPenalty = 1.3f, FrequencyPenalty = 0.5f, PresencePenalty = 0.2f },
        new SamplingParameters { Temperature = 1 }, // the seed that was drawn travels, too
        new SamplingParameters { Temperature = 1, Seed = 4, Constraint = new() { Kind = ConstraintKind.Regex, Text = "([A-M][N-Z]){29}[A-Z]{2}" } },
    ];

    [Theory]
    [MemberData(nameof(Samplings))]
    public async Task ImportAsync_goes_on_with_the_tokens_of_an_undisturbed_run_and_computes_nothing_twice(SamplingParameters sampling)
    {
        int[] prompt = PrefixReuseTests.Prompt(1, 100);
        await using ToyEngine target = await ToyEngine.StartAsync(PrefixReuseTests.Options());
        (List<EngineOutput> before, byte[] exported) = await ExportedAsync(prompt, sampling, afterPasses: 20);
        List<EngineOutput> after = await ReadOnAsync(before, target, exported);

        int[] tokens = [.. before.Concat(after).SelectMany(output => output.Tokens)];
        Assert.Equal(FinishReason.Moved, before[^1].FinishReason);
        Assert.Equal(MaxTokens, tokens.Length);
        Assert.Equal(MaxTokens, after[^1].Usage!.OutputTokens);
        Assert.Equal(after.Sum(output => output.Tokens.Length), target.Runner.ComputedTokens);
        Assert.Equal(ToyTokenizer.TextOf(tokens), string.Concat(before.Concat(after).Select(output => output.Text)));
        if (sampling.Seed is not null || sampling.Temperature == 0)
        {
            Assert.Equal(await PrefixReuseTests.AloneAsync(prompt, MaxTokens, sampling), tokens);
        }
    }

    [Fact]
    public async Task ImportAsync_stop_string_that_began_before_the_export_ends_the_output()
    {
        int[] prompt = PrefixReuseTests.Prompt(1, 100);
        int[] alone = await PrefixReuseTests.AloneAsync(prompt, MaxTokens);
        (List<EngineOutput> before, _) = await ExportedAsync(prompt, new() { Temperature = 0 }, afterPasses: 20);
        int exportedTokens = before.Sum(output => output.Tokens.Length);
        string stop = ToyTokenizer.TextOf(alone[(exportedTokens - 2)..(exportedTokens + 2)]);

        (before, byte[] exported) = await ExportedAsync(prompt, new() { Temperature = 0, Stop = [stop] }, afterPasses: 20);
        await using ToyEngine target = await ToyEngine.StartAsync(PrefixReuseTests.Options());
        List<EngineOutput> after = await ReadOnAsync(before, target, exported);
        Assert.Equal(exportedTokens, before.Sum(output => output.Tokens.Length));
        Assert.Equal(FinishReason.Stop, after[^1].FinishReason);
        Assert.Equal(ToyTokenizer.TextOf(alone[..(exportedTokens - 2)]), string.Concat(before.Concat(after).Select(output => output.Text)));
    }

    [Theory]
    [InlineData(16)] // blocks of another size
    [InlineData(0)] // no room for them
    public async Task ImportAsync_engine_that_cannot_use_the_keys_and_values_computes_them_again(int hostBytes)
    {
        int[] prompt = PrefixReuseTests.Prompt(1, 100);
        (List<EngineOutput> before, byte[] exported) = await ExportedAsync(prompt, new() { Temperature = 0 }, afterPasses: 20);
        EngineOptions options = PrefixReuseTests.Options();
        options.KvHostBytes = hostBytes;
        options.KvBlockTokens = hostBytes == 0 ? 16 : 8;
        await using ToyEngine target = await ToyEngine.StartAsync(options);
        List<EngineOutput> after = await ReadOnAsync(before, target, exported);
        Assert.Equal(await PrefixReuseTests.AloneAsync(prompt, MaxTokens), before.Concat(after).SelectMany(output => output.Tokens));
        Assert.True(target.Runner.ComputedTokens > 100);
    }

    [Fact]
    public async Task ImportAsync_torn_or_foreign_stream_is_refused_and_leaves_nothing_behind()
    {
        (_, byte[] exported) = await ExportedAsync(PrefixReuseTests.Prompt(1, 100), new() { Temperature = 0 }, afterPasses: 20);
        await using ToyEngine target = await ToyEngine.StartAsync(PrefixReuseTests.Options());
        await using ToyEngine other = await ToyEngine.StartAsync(PrefixReuseTests.Options(), manifest: ToyEngine.Manifest with { Fingerprint = "other" });
        byte[] flipped = [.. exported];
        flipped[^40] ^= 1;
        foreach ((ToyEngine engine, byte[] bytes) in ((ToyEngine, byte[])[])[(target, exported[..^1]), (target, exported[..200]), (target, []), (target, flipped), (other, exported)])
        {
            GranaryException refusal = await Assert.ThrowsAsync<GranaryException>(() => ReadAsync(engine.Engine.ImportAsync(new MemoryStream(bytes))));
            Assert.Equal(ErrorCode.InvalidRequest, refusal.Code);
            Assert.Equal((0, 0), (engine.Engine.Status.Running, engine.Engine.Status.Waiting));
        }

        Assert.Equal(0, target.Runner.ComputedTokens);
    }

    [Fact]
    public async Task ExportAsync_stream_that_fails_lets_the_generation_go_on_here()
    {
        int[] prompt = PrefixReuseTests.Prompt(1, 100);
        using var gate = new StepGate();
        await using ToyEngine source = await ToyEngine.StartAsync(PrefixReuseTests.Options(), configure: runner => runner.Before = gate.Pass);
        Task<Generation> generation = source.Engine.CompleteAsync(ToyEngine.Request(prompt, MaxTokens));
        await gate.ArrivedAsync();
        await gate.LetOneRunAsync();
        Task export = source.Engine.ExportAsync("r100", new BrokenStream(failAfter: 500));
        gate.Open();
        await Assert.ThrowsAsync<IOException>(() => export);
        Assert.Equal(await PrefixReuseTests.AloneAsync(prompt, MaxTokens), (await generation).Tokens);
        Assert.Equal(100 + MaxTokens - 1, source.Runner.ComputedTokens);
    }

    [Fact]
    public async Task ExportAsync_slow_stream_holds_nobody_up()
    {
        using var gate = new StepGate();
        await using ToyEngine source = await ToyEngine.StartAsync(PrefixReuseTests.Options(), configure: runner => runner.Before = gate.Pass);
        Task<List<EngineOutput>> moving = ReadAsync(source.Engine.GenerateAsync(ToyEngine.Request(PrefixReuseTests.Prompt(1, 100), MaxTokens)));
        await gate.ArrivedAsync();
        await gate.LetOneRunAsync();
        var stream = new HeldStream();
        Task export = source.Engine.ExportAsync("r100", stream);
        gate.Open();
        await stream.Reached;

        int[] prompt = PrefixReuseTests.Prompt(2, 90);
        Assert.Equal(await PrefixReuseTests.AloneAsync(prompt, 50), (await source.Engine.CompleteAsync(ToyEngine.Request(prompt, 50))).Tokens);
        Assert.False(export.IsCompleted);
        stream.LetGo();
        await export;
        Assert.Equal(FinishReason.Moved, (await moving)[^1].FinishReason);
    }

    [Fact]
    public async Task ExportAsync_nobody_of_that_name_is_refused()
    {
        await using ToyEngine source = await ToyEngine.StartAsync(PrefixReuseTests.Options());
        await source.Engine.CompleteAsync(ToyEngine.Request([1, 2], 3));
        GranaryException refusal = await Assert.ThrowsAsync<GranaryException>(() => source.Engine.ExportAsync("r2", Stream.Null));
        Assert.Equal(ErrorCode.InvalidRequest, refusal.Code);
    }

    private static async Task<(List<EngineOutput> Before, byte[] Exported)> ExportedAsync(int[] prompt, SamplingParameters sampling, int afterPasses)
    {
        using var gate = new StepGate();
        await using ToyEngine source = await ToyEngine.StartAsync(PrefixReuseTests.Options(), configure: runner => runner.Before = gate.Pass);
        Task<List<EngineOutput>> reading = ReadAsync(source.Engine.GenerateAsync(ToyEngine.Request(prompt, MaxTokens, sampling)));
        await gate.ArrivedAsync();
        for (int pass = 0; pass < afterPasses; pass++)
        {
            await gate.LetOneRunAsync();
        }

        var stream = new MemoryStream();
        Task export = source.Engine.ExportAsync($"r{prompt.Length}", stream);
        gate.Open();
        await export;
        return (await reading, stream.ToArray());
    }

    /// <summary>Reads on where <paramref name="before"/> ended: the first output repeats it.</summary>
    private static async Task<List<EngineOutput>> ReadOnAsync(List<EngineOutput> before, ToyEngine target, byte[] exported)
    {
        List<EngineOutput> outputs = await ReadAsync(target.Engine.ImportAsync(new MemoryStream(exported)));
        Assert.Equal(0, outputs[0].FirstIndex);
        Assert.Equal(before.SelectMany(output => output.Tokens), outputs[0].Tokens);
        Assert.Equal(string.Concat(before.Select(output => output.Text)), outputs[0].Text);
        Assert.Equal(outputs[0].Tokens.Length, outputs[1].FirstIndex);
        return outputs[1..];
    }

    private static async Task<List<EngineOutput>> ReadAsync(IAsyncEnumerable<EngineOutput> outputs)
    {
        List<EngineOutput> all = [];
        await foreach (EngineOutput output in outputs)
        {
            all.Add(output);
        }

        return all;
    }
}
