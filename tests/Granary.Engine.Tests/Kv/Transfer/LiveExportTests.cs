using Granary.Engine.Tests.Toy;
using Granary.Errors;
using Granary.Models;

namespace Granary.Engine.Tests.Kv.Transfer;

/// <summary>A generation with much to send goes on while most of it is sent.</summary>
public sealed class LiveExportTests
{
    private const int PromptTokens = 100;
    private const int MaxTokens = 900;

    private static readonly int[] Prompt = PrefixReuseTests.Prompt(1, PromptTokens);

    [Fact]
    public async Task ExportAsync_generation_goes_on_meanwhile_and_nothing_is_computed_twice()
    {
        using var gate = new StepGate();
        await using ToyEngine source = await StartAsync(gate);
        Task<Generation> generation = source.Engine.CompleteAsync(ToyEngine.Request(Prompt, MaxTokens));
        await gate.ArrivedAsync();
        await DecodingAsync(gate);
        long computed = source.Runner.ComputedTokens;
        var stream = new MemoryStream();
        Task export = source.Engine.ExportAsync("r100", stream);
        await PassUntilAsync(gate, export);
        await export;
        Generation before = await generation;

        await using ToyEngine target = await StartAsync();
        Generation after = await ImportAsync(target, stream);
        Assert.Equal(FinishReason.Moved, before.FinishReason);
        Assert.True(source.Runner.ComputedTokens > computed);
        Assert.Equal(before.Tokens, after.Tokens[..before.Tokens.Length]);
        Assert.Equal(await AloneAsync(), after.Tokens);
        Assert.Equal(MaxTokens - before.Tokens.Length, target.Runner.ComputedTokens);
    }

    [Fact]
    public async Task ExportAsync_generation_whose_reader_leaves_meanwhile_is_given_up()
    {
        using var gate = new StepGate();
        using var leaving = new CancellationTokenSource();
        await using ToyEngine source = await StartAsync(gate);
        Task<Generation> generation = source.Engine.CompleteAsync(ToyEngine.Request(Prompt, MaxTokens), leaving.Token);
        await gate.ArrivedAsync();
        await DecodingAsync(gate);
        var stream = new HeldStream();
        Task export = source.Engine.ExportAsync("r100", stream);
        await PassUntilAsync(gate, stream.Reached);
        await leaving.CancelAsync();
        gate.Open();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generation);

        stream.LetGo();
        Assert.Equal(ErrorCode.InvalidRequest, (await Assert.ThrowsAsync<GranaryException>(() => export)).Code);
        Assert.Equal((0, 0), (source.Engine.Status.Running, source.Engine.Status.Waiting));
    }

    [Fact]
    public async Task ExportAsync_stream_that_fails_meanwhile_leaves_the_generation_alone()
    {
        using var gate = new StepGate();
        await using ToyEngine source = await StartAsync(gate);
        Task<Generation> generation = source.Engine.CompleteAsync(ToyEngine.Request(Prompt, MaxTokens));
        await gate.ArrivedAsync();
        await DecodingAsync(gate);
        Task export = source.Engine.ExportAsync("r100", new BrokenStream(failAfter: 1 << 20));
        await PassUntilAsync(gate, export);
        gate.Open();

        await Assert.ThrowsAsync<IOException>(() => export);
        Assert.Equal(await AloneAsync(), (await generation).Tokens);
        Assert.Equal(PromptTokens + MaxTokens - 1, source.Runner.ComputedTokens);
    }

    [Fact]
    public async Task ExportAsync_generation_that_loses_its_slot_meanwhile_moves_with_what_was_parked()
    {
        using var gate = new StepGate();
        await using ToyEngine source = await StartAsync(gate, slots: 1);
        Task<Generation> generation = source.Engine.CompleteAsync(ToyEngine.Request(Prompt, MaxTokens) with { Priority = 1 });
        await gate.ArrivedAsync();
        await DecodingAsync(gate);
        var stream = new HeldStream();
        Task export = source.Engine.ExportAsync("r100", stream);
        await PassUntilAsync(gate, stream.Reached);
        Task<Generation> urgent = source.Engine.CompleteAsync(ToyEngine.Request([7, 8, 9], MaxTokens));
        for (int pass = 0; pass < 20; pass++)
        {
            await gate.LetOneRunAsync();
        }

        stream.LetGo();
        await PassUntilAsync(gate, export);
        gate.Open();
        await export;
        Generation before = await generation;
        await urgent;

        await using ToyEngine target = await StartAsync();
        Generation after = await ImportAsync(target, stream);
        Assert.Equal(FinishReason.Moved, before.FinishReason);
        Assert.Equal(await AloneAsync(), after.Tokens);
        Assert.Equal(MaxTokens - before.Tokens.Length, target.Runner.ComputedTokens);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // the stream breaks
    public async Task ExportAsync_parked_generation_computes_nothing_twice_wherever_it_goes_on(bool breaks)
    {
        using var gate = new StepGate();
        await using ToyEngine source = await StartAsync(gate, slots: 1);
        Task<Generation> generation = source.Engine.CompleteAsync(ToyEngine.Request(Prompt, MaxTokens) with { Priority = 1 });
        await gate.ArrivedAsync();
        await DecodingAsync(gate);
        Task<Generation> urgent = source.Engine.CompleteAsync(ToyEngine.Request([7, 8, 9], MaxTokens));
        await DecodingAsync(gate, passes: 19);
        using var stream = new MemoryStream();
        Task export = source.Engine.ExportAsync("r100", breaks ? new BrokenStream(failAfter: 1 << 20) : stream);
        gate.Open();
        if (breaks)
        {
            await Assert.ThrowsAsync<IOException>(() => export);
            Assert.Equal(await AloneAsync(), (await generation).Tokens);
            await urgent;
            Assert.Equal(PromptTokens + MaxTokens - 1 + 3 + MaxTokens - 1, source.Runner.ComputedTokens);
            return;
        }

        await export;
        Generation before = await generation;
        await urgent;
        await using ToyEngine target = await StartAsync();
        Assert.Equal(await AloneAsync(), (await ImportAsync(target, stream)).Tokens);
        Assert.Equal((FinishReason.Moved, MaxTokens - before.Tokens.Length), (before.FinishReason, target.Runner.ComputedTokens));
    }

    private static Task<ToyEngine> StartAsync(StepGate? gate = null, int slots = 4)
    {
        EngineOptions options = PrefixReuseTests.Options(slots);
        options.SlotTokens = 1024;
        options.MinRunTokens = 2;
        options.KvHostBytes = 1 << 26;
        return ToyEngine.StartAsync(options, configure: runner =>
        {
            runner.TokenBytes = 1 << 15;
            runner.Before = gate is null ? null : gate.Pass;
        });
    }

    private static async Task DecodingAsync(StepGate gate, int passes = 20)
    {
        for (int pass = 0; pass < passes; pass++)
        {
            await gate.LetOneRunAsync();
        }
    }

    /// <summary>Lets the engine compute, a step now and then.</summary>
    private static async Task PassUntilAsync(StepGate gate, Task end)
    {
        Task arrived = Task.CompletedTask;
        while (!end.IsCompleted)
        {
            await Task.WhenAny(end, Task.Delay(5));
            if (arrived.IsCompleted && !end.IsCompleted)
            {
                arrived = gate.LetOneRunAsync();
            }
        }
    }

    private static Task<Generation> ImportAsync(ToyEngine target, MemoryStream exported) =>
        target.Engine.ImportAsync(new MemoryStream(exported.ToArray())).CompleteAsync(PromptTokens);

    private static async Task<int[]> AloneAsync()
    {
        await using ToyEngine alone = await StartAsync();
        return (await alone.Engine.CompleteAsync(ToyEngine.Request(Prompt, MaxTokens))).Tokens;
    }
}
