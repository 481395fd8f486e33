using Granary.Engine.Tests.Toy;
using Granary.Models;

namespace Granary.Engine.Tests.Kv;

/// <summary>Conversations whose turns come and go over every tier get the tokens that they get without any.</summary>
public sealed class RandomReuseTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-kv-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(1, 4, 1000, 60)]
    [InlineData(2, 2, 12, 60)]
    [InlineData(3, 3, 12, 0)]
    [InlineData(4, 1, 40, 0)]
    [InlineData(5, 4, 0, 60)]
    public async Task GenerateAsync_60_conversations_of_4_turns_equal_runs_without_reuse(int seed, int slots, int hostBlocks, int retainSeconds)
    {
        var options = new EngineOptions
        {
            SlotClasses = [new() { Tokens = 128, Slots = slots }, new() { Tokens = 512, Slots = slots }],
            PrefillChunkTokens = 24,
            MaxWaiting = 1000,
            MinRunTokens = 2,
            PreemptionGapTokens = 50,
            ParkedKvBytes = 4096,
            KvBlockTokens = 16,
            KvHostBytes = hostBlocks * 16 * sizeof(int),
            KvRetainFor = TimeSpan.FromSeconds(retainSeconds),
            KvDiskFolder = _folder.FullName,
        };
        List<(EngineRequest Request, int[] Tokens, int Cached)> turns = [];
        await using (ToyEngine toy = await ToyEngine.StartAsync(options))
        {
            foreach (Task<List<(EngineRequest, int[], int)>> conversation in Enumerable.Range(0, 60).Select(i => TalkAsync(toy.Engine, (seed * 1000) + i)).ToList())
            {
                turns.AddRange(await conversation);
            }
        }

        Assert.Contains(turns, turn => turn.Cached > 0);
        await using ToyEngine plain = await ToyEngine.StartAsync(new EngineOptions { Slots = 1, SlotTokens = 512, PrefixCaching = false });
        foreach ((EngineRequest request, int[] tokens, _) in turns)
        {
            Assert.Equal((await plain.Engine.CompleteAsync(request)).Tokens, tokens);
        }
    }

    private static async Task<List<(EngineRequest Request, int[] Tokens, int Cached)>> TalkAsync(IEngine engine, int seed)
    {
        var random = new Random(seed);
        List<(EngineRequest, int[], int)> turns = [];
        List<int> history = [.. PrefixReuseTests.Prompt(random.Next(3), random.Next(20, 60))]; // beginnings that many share
        SamplingParameters sampling = random.Next(2) == 0
            ? new() { Temperature = 0 }
            : new() { Temperature = 1, Seed = seed, RepetitionPenalty = 1.1f };
        for (int turn = 0; turn < 4; turn++)
        {
            history.AddRange(PrefixReuseTests.Prompt(random.Next(), random.Next(1, 30)));
            EngineRequest request = ToyEngine.Request([.. history], random.Next(1, 40), sampling) with
            {
                CacheSalt = $"salt {seed % 2}",
                Tenant = $"tenant {seed % 3}",
                Priority = random.Next(3),
            };
            List<int> reply = [];
            int cached = 0;
            await foreach (EngineOutput output in engine.GenerateAsync(request))
            {
                reply.AddRange(output.Tokens);
                cached = output.Usage?.CachedTokens ?? 0;
            }

            turns.Add((request, [.. reply], cached));
            history.AddRange(reply.Take(random.Next(reply.Count + 1))); // some replies are cut, as if the reader had stopped them
        }

        return turns;
    }
}
