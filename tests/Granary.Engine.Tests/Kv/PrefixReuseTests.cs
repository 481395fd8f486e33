using Granary.Engine.Tests.Toy;
using Granary.Models;
using Granary.Serving;

namespace Granary.Engine.Tests.Kv;

/// <summary>What was computed before is not computed again, and nobody can tell from the output.</summary>
public sealed class PrefixReuseTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-kv-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task GenerateAsync_next_turn_goes_on_in_its_slot_without_a_copy()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync(Options());
        (int[] reply, _) = await ReadAsync(toy, Prompt(1, 100), 20);
        long computed = toy.Runner.ComputedTokens;
        int[] next = [.. Prompt(1, 100), .. reply, 5, 6, 7];
        (int[] second, TokenUsage usage) = await ReadAsync(toy, next, 20);
        Assert.Equal(119, usage.CachedTokens); // all but the last token, which was never computed
        Assert.Equal(123 - 119 + 19, toy.Runner.ComputedTokens - computed);
        Assert.Equal(0, toy.Runner.Copies);
        Assert.Equal(await AloneAsync(next, 20), second);
    }

    [Theory]
    [InlineData(60)] // once the slot is needed
    [InlineData(0)] // at once
    public async Task GenerateAsync_next_turn_after_its_slot_went_down_computes_only_the_rest(int retainMinutes)
    {
        EngineOptions options = Options(slots: 1);
        options.KvRetainFor = TimeSpan.FromMinutes(retainMinutes);
        await using ToyEngine toy = await ToyEngine.StartAsync(options);
        (int[] reply, _) = await ReadAsync(toy, Prompt(1, 70), 10);
        await ReadAsync(toy, Prompt(2, 90), 10);
        long computed = toy.Runner.ComputedTokens;
        int[] next = [.. Prompt(1, 70), .. reply, 5, 6, 7];
        (int[] second, TokenUsage usage) = await ReadAsync(toy, next, 20);
        Assert.Equal(64, usage.CachedTokens); // whole blocks of 79
        Assert.Equal(83 - 64 + 19, toy.Runner.ComputedTokens - computed);
        Assert.Equal(await AloneAsync(next, 20), second);
    }

    [Fact]
    public async Task GenerateAsync_next_turn_of_who_left_while_others_waited_finds_every_block_however_many_steps_they_take()
    {
        using var gate = new StepGate();
        EngineOptions options = Options(slots: 1);
        options.KvHostBytes = 256L << 20;
        await using ToyEngine toy = await ToyEngine.StartAsync(options, configure: runner => (runner.Before, runner.TokenBytes) = (gate.Pass, 1 << 20));
        Task<(int[] Tokens, TokenUsage Usage)> first = ReadAsync(toy, Prompt(1, 100), 4);
        await gate.ArrivedAsync();
        Task<(int[] Tokens, TokenUsage Usage)> other = ReadAsync(toy, Prompt(2, 20), 4);
        gate.Open();
        int[] reply = (await first).Tokens;
        await other;
        int[] next = [.. Prompt(1, 100), .. reply, 5, 6, 7];
        (int[] second, TokenUsage usage) = await ReadAsync(toy, next, 20);
        Assert.Equal(96, usage.CachedTokens); // 96 MiB, of which a step moves 64
        Assert.Equal(await AloneAsync(next, 20), second);
    }

    [Fact]
    public async Task GenerateAsync_restarted_engine_finds_what_the_old_one_had()
    {
        EngineOptions options = Options();
        options.KvDiskFolder = _folder.FullName;
        await using (ToyEngine first = await ToyEngine.StartAsync(options))
        {
            await ReadAsync(first, Prompt(1, 100), 4);
        }

        await using ToyEngine second = await ToyEngine.StartAsync(options);
        (int[] tokens, TokenUsage usage) = await ReadAsync(second, Prompt(1, 100), 20);
        Assert.Equal(96, usage.CachedTokens);
        Assert.Equal(await AloneAsync(Prompt(1, 100), 20), tokens);
    }

    [Fact]
    public async Task GenerateAsync_other_conversation_with_the_same_beginning_copies_it()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync(Options());
        await ReadAsync(toy, Prompt(1, 100), 4);
        int[] other = [.. Prompt(1, 60), .. Prompt(9, 30)];
        (int[] tokens, TokenUsage usage) = await ReadAsync(toy, other, 20);
        Assert.Equal(60, usage.CachedTokens);
        Assert.Equal(await AloneAsync(other, 20), tokens);
        (_, usage) = await ReadAsync(toy, [.. Prompt(1, 100), 3], 20); // the first one is still there
        Assert.Equal(100, usage.CachedTokens);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 20)]
    public async Task GenerateAsync_other_salt_shares_nothing(long hostBytes)
    {
        EngineOptions options = Options(slots: 2);
        options.KvHostBytes = hostBytes;
        options.KvDiskFolder = _folder.FullName;
        await using ToyEngine toy = await ToyEngine.StartAsync(options);
        await ReadAsync(toy, Prompt(1, 100), 4, "mine");
        await ReadAsync(toy, Prompt(2, 100), 4, "mine");
        Assert.Equal(0, (await ReadAsync(toy, Prompt(1, 100), 4, "yours")).Usage.CachedTokens);
        Assert.Equal(0, (await ReadAsync(toy, Prompt(2, 100), 4)).Usage.CachedTokens);
        Assert.Equal(0, (await ReadAsync(toy, Prompt(2, 100), 4, "yours")).Usage.CachedTokens);
        Assert.Equal(99, (await ReadAsync(toy, Prompt(2, 100), 4, "yours")).Usage.CachedTokens);
    }

    [Fact]
    public async Task GenerateAsync_same_prompt_many_times_at_once_computes_it_once()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync(Options(slots: 8));
        (int[] Tokens, TokenUsage Usage)[] all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReadAsync(toy, Prompt(1, 200), 5)));
        Assert.Equal(200 + 7 + (8 * 4), toy.Runner.ComputedTokens); // each computes the last token itself
        Assert.Equal([0, .. Enumerable.Repeat(199, 7)], all.Select(one => one.Usage.CachedTokens).Order());
        int[] alone = await AloneAsync(Prompt(1, 200), 5);
        Assert.All(all, one => Assert.Equal(alone, one.Tokens));
    }

    [Fact]
    public async Task GenerateAsync_switched_off_reuses_nothing()
    {
        EngineOptions options = Options();
        options.PrefixCaching = false;
        await using ToyEngine toy = await ToyEngine.StartAsync(options);
        await ReadAsync(toy, Prompt(1, 100), 4);
        Assert.Equal(0, (await ReadAsync(toy, Prompt(1, 100), 4)).Usage.CachedTokens);
    }

    internal static EngineOptions Options(int slots = 4) =>
        new() { Slots = slots, SlotTokens = 256, KvBlockTokens = 16, KvHostBytes = 1 << 20, KvRetainFor = TimeSpan.FromHours(1) };

    internal static int[] Prompt(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(101))];
    }

    internal static async Task<int[]> AloneAsync(int[] prompt, int maxTokens, SamplingParameters? sampling = null)
    {
        await using ToyEngine toy = await ToyEngine.StartAsync(new EngineOptions { Slots = 1, SlotTokens = 512, PrefixCaching = false });
        return (await toy.Engine.CompleteAsync(ToyEngine.Request(prompt, maxTokens, sampling))).Tokens;
    }

    private static async Task<(int[] Tokens, TokenUsage Usage)> ReadAsync(ToyEngine toy, int[] prompt, int maxTokens, string salt = "salt")
    {
        List<int> tokens = [];
        TokenUsage? usage = null;
        await foreach (EngineOutput output in toy.Engine.GenerateAsync(ToyEngine.Request(prompt, maxTokens) with { CacheSalt = salt }))
        {
            tokens.AddRange(output.Tokens);
            usage = output.Usage ?? usage;
        }

        return ([.. tokens], usage!);
    }
}
