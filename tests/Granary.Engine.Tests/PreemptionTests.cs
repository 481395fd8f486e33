using Granary.Engine.Tests.Toy;

namespace Granary.Engine.Tests;

/// <summary>Who loses a slot to others gets the tokens that it gets alone, and nothing is computed twice while host memory lasts.</summary>
public sealed class PreemptionTests
{
    [Fact]
    public async Task GenerateAsync_preempted_resumes_without_computing_a_token_twice()
    {
        (Generation[] got, ToyRunner runner) = await UrgentArrivesWhileOneRuns(new EngineOptions { Slots = 1, SlotTokens = 256, MinRunTokens = 2 });

        Assert.Equal(await Alone(), got.Select(generation => generation.Tokens));
        Assert.InRange(runner.ReadTokens, 70, 110); // it was preempted: its prompt and some output were read
        Assert.Equal(70 + 99 + 3 + 9, runner.ComputedTokens); // a sequence's last token is never computed
    }

    [Fact]
    public async Task GenerateAsync_preempted_without_host_memory_is_computed_again_with_the_same_tokens()
    {
        (Generation[] got, ToyRunner runner) = await UrgentArrivesWhileOneRuns(
            new EngineOptions { Slots = 1, SlotTokens = 256, MinRunTokens = 2, KvHostBytes = 0, ParkedKvBytes = (3 * 32 * sizeof(int)) - 1 }); // a page too few

        Assert.Equal(await Alone(), got.Select(generation => generation.Tokens));
        Assert.Equal(0, runner.ReadTokens);
        Assert.InRange(runner.ComputedTokens, 70 + 99 + 3 + 9 + 70, 70 + 99 + 3 + 9 + 110);
    }

    [Theory]
    [InlineData(sizeof(int))] // all of it in one step
    [InlineData(1 << 21)] // in three
    public async Task GenerateAsync_preempted_with_parking_full_finds_its_whole_blocks_where_those_of_sequences_that_left_go(int tokenBytes)
    {
        const int Block = 16;
        const int Blocks = 4; // of 71 tokens or more
        (Generation[] got, ToyRunner runner) = await UrgentArrivesWhileOneRuns(
            new EngineOptions { Slots = 1, SlotTokens = 256, MinRunTokens = 2, KvBlockTokens = Block, KvHostBytes = 16L * Block * tokenBytes, ParkedKvBytes = 0 }, tokenBytes);

        Assert.Equal(await Alone(), got.Select(generation => generation.Tokens));
        Assert.InRange(runner.ReadTokens, Blocks * Block, (Blocks + 1) * Block);
        Assert.InRange(runner.ComputedTokens, 70 + 99 + 3 + 9, 70 + 99 + 3 + 9 + Block - 1);
    }

    [Fact]
    public async Task GenerateAsync_outgrown_slots_move_up_until_a_long_one_is_free()
    {
        var options = new EngineOptions
        {
            PrefixCaching = false, // it reads slots, too
            SlotClasses = [new() { Tokens = 140, Slots = 3 }, new() { Tokens = 256, Slots = 1 }],
            MinRunTokens = 1000,
        };
        using var gate = new StepGate();
        await using ToyEngine toy = await ToyEngine.StartAsync(options, configure: runner => runner.Before = gate.Pass);
        EngineRequest[] requests = [.. Enumerable.Range(0, 4).Select(i => ToyEngine.Request([i], 200))];
        Task<Generation>[] running = [.. requests.Select(request => toy.Engine.CompleteAsync(request))];
        await gate.ArrivedAsync();
        gate.Open();
        Generation[] got = await Task.WhenAll(running);

        Assert.Equal(4 * 200, toy.Runner.ComputedTokens); // prompts of 1
        Assert.Equal(3 * 140, toy.Runner.ReadTokens); // parked, once each, while the long slot was held
        await using ToyEngine solo = await ToyEngine.StartAsync(new EngineOptions { Slots = 1, SlotTokens = 256 });
        foreach ((EngineRequest request, Generation generation) in requests.Zip(got))
        {
            Assert.Equal((await solo.Engine.CompleteAsync(request)).Tokens, generation.Tokens);
        }
    }

    private static EngineRequest Patient => ToyEngine.Request([.. Enumerable.Range(0, 70)], 100) with { Priority = 1 };

    private static EngineRequest Urgent => ToyEngine.Request([7, 8, 9], 10);

    private static async Task<int[][]> Alone()
    {
        await using ToyEngine solo = await ToyEngine.StartAsync(new EngineOptions { Slots = 1, SlotTokens = 256 });
        return [(await solo.Engine.CompleteAsync(Patient)).Tokens, (await solo.Engine.CompleteAsync(Urgent)).Tokens];
    }

    private static async Task<(Generation[] Generations, ToyRunner Runner)> UrgentArrivesWhileOneRuns(EngineOptions options, int tokenBytes = sizeof(int))
    {
        using var gate = new StepGate();
        await using ToyEngine toy = await ToyEngine.StartAsync(options, new ManualTime(), runner => (runner.Before, runner.TokenBytes) = (gate.Pass, tokenBytes));
        Task<Generation> patient = toy.Engine.CompleteAsync(Patient);
        await gate.ArrivedAsync();
        for (int step = 0; step < 5; step++)
        {
            await gate.LetOneRunAsync();
        }

        Task<Generation> urgent = toy.Engine.CompleteAsync(Urgent);
        gate.Open();
        return (await Task.WhenAll(patient, urgent), toy.Runner);
    }
}
