using Granary.Engine.Tests.Toy;
using Granary.Models;

namespace Granary.Engine.Tests;

/// <summary>Whatever comes and goes around it, a sequence gets the tokens that it gets alone.</summary>
public sealed class RandomScheduleTests
{
    [Theory]
    [InlineData(1, 1, 4)]
    [InlineData(2, 3, 1)]
    [InlineData(3, 8, 16)]
    [InlineData(4, 5, 256)]
    public async Task GenerateAsync_200_sequences_come_and_go_equal_solo_runs(int seed, int slots, int chunk)
    {
        var random = new Random(seed);
        EngineRequest[] requests = [.. Enumerable.Range(0, 200).Select(_ => RandomRequest(random))];
        int?[] leaveAfter = [.. requests.Select(_ => random.Next(4) == 0 ? random.Next(0, 20) : (int?)null)];

        await using ToyEngine toy = await ToyEngine.StartAsync(
            new EngineOptions { Slots = slots, SlotTokens = 128, PrefillChunkTokens = chunk, MaxWaiting = 1000 });
        int[][] together = await Task.WhenAll(requests.Select((request, i) => Read(toy.Engine, request, leaveAfter[i])));
        Assert.True(slots == 1 || toy.Runner.Copies > 0);

        await using ToyEngine solo = await ToyEngine.StartAsync(new EngineOptions { Slots = 1, SlotTokens = 128 });
        for (int i = 0; i < requests.Length; i++)
        {
            int[] alone = await Read(solo.Engine, requests[i], null);
            if (leaveAfter[i] is null)
            {
                Assert.Equal(alone, together[i]);
            }
            else
            {
                Assert.Equal(alone[..together[i].Length], together[i]);
            }
        }
    }

    [Theory]
    [InlineData(5, 1 << 20)]
    [InlineData(6, 4096)]
    [InlineData(7, 0)]
    public async Task GenerateAsync_tenants_classes_and_preemption_equal_solo_runs(int seed, long parkedKvBytes)
    {
        var random = new Random(seed);
        EngineRequest[] requests =
        [
            .. Enumerable.Range(0, 200).Select(_ => RandomRequest(random) with { Tenant = $"t{random.Next(4)}", TenantWeight = random.Next(1, 4) }),
        ];
        var options = new EngineOptions
        {
            PrefixCaching = false, // it reads slots, too
            SlotClasses = [new() { Tokens = 32, Slots = 3 }, new() { Tokens = 64, Slots = 2 }, new() { Tokens = 128, Slots = 2 }],
            PrefillChunkTokens = 16,
            MaxWaiting = 1000,
            MinRunTokens = 2,
            PreemptionGapTokens = 20,
            ParkedKvBytes = parkedKvBytes,
        };
        using var gate = new StepGate();
        await using ToyEngine toy = await ToyEngine.StartAsync(options, configure: runner => runner.Before = gate.Pass);
        Task<int[]>[] readings = [.. requests.Select(request => Read(toy.Engine, request, null))];
        gate.Open();
        int[][] together = await Task.WhenAll(readings);
        long once = requests.Zip(together).Sum(pair => pair.First.Prompt.Length + pair.Second.Length - 1L);
        Assert.True(parkedKvBytes == 0 || toy.Runner.ReadTokens > 0);
        Assert.True(parkedKvBytes == 1 << 20 ? toy.Runner.ComputedTokens == once : toy.Runner.ComputedTokens > once);

        await using ToyEngine solo = await ToyEngine.StartAsync(new EngineOptions { Slots = 1, SlotTokens = 128 });
        for (int i = 0; i < requests.Length; i++)
        {
            Assert.Equal(await Read(solo.Engine, requests[i], null), together[i]);
        }
    }

    private static EngineRequest RandomRequest(Random random)
    {
        int[] prompt = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => random.Next(101))];
        SamplingParameters sampling = random.Next(2) == 0
            ? new() { Temperature = 0 }
            : new() { Temperature = 1, Seed = random.Next(), TopK = random.Next(0, 50), FrequencyPenalty = random.Next(2) * 0.5f };
        return ToyEngine.Request(prompt, random.Next(1, 60), sampling) with { Priority = random.Next(3) };
    }

    private static async Task<int[]> Read(IEngine engine, EngineRequest request, int? leaveAfter)
    {
        List<int> tokens = [];
        await foreach (EngineOutput output in engine.GenerateAsync(request))
        {
            tokens.AddRange(output.Tokens);
            if (tokens.Count >= leaveAfter)
            {
                break;
            }
        }

        return [.. tokens];
    }
}
