using System.Text;
using System.Text.Json;
using Granary.Engine.Output;
using Granary.Engine.Tests.Toy;
using Granary.Errors;
using Granary.Models;

namespace Granary.Engine.Tests;

/// <summary>Generations that go on from what was generated elsewhere, cut at every index.</summary>
public sealed class ResumeTests
{
    private const int MaxTokens = 40;
    private static readonly int[] Prompt = [4, 2, 77];
    private static readonly FragmentTokenizer Tokenizer = new();

    public static TheoryData<string, SamplingParameters> Samplings() => new()
    {
        { "greedy", new() { Temperature = 0 } },
        { "seed", new() { Temperature = 1, Seed = 11, TopK = 50 } },
        { "penalties", new() { Temperature = 1, Seed = 3, RepetitionPenalty = 1.3f, FrequencyPenalty = 0.5f, PresencePenalty = 0.2f } },
        { "log-probs", new() { Temperature = 0.8f, Seed = 5, TopLogProbs = 3 } },
        { "stop", new() { Temperature = 0 } },
        { "stop, least tokens", new() { Temperature = 0, MinTokens = 9 } },
        { "end", new() { Temperature = 0 } },
        { "end, least tokens", new() { Temperature = 0, MinTokens = 9 } },
        { "regex", new() { Temperature = 1, Seed = 4, Constraint = new() { Kind = ConstraintKind.Regex, Text = "([A-M][N-Zé]){15}[A-Z]{2}" } } },
        { "schema", new() { Temperature = 1, Seed = 4, Constraint = new() { Kind = ConstraintKind.Regex, Text = "(A|é€)[B-D]*" } } },
    };

    [Theory]
    [MemberData(nameof(Samplings))]
    public async Task GenerateAsync_cut_at_every_index_goes_on_as_if_nothing_had_been(string name, SamplingParameters sampling)
    {
        ModelManifest manifest = ToyEngine.Manifest;
        (sampling, manifest) = await CompleteAsync(name, sampling, manifest);
        EngineRequest request = ToyEngine.Request(Prompt, MaxTokens, sampling);
        List<EngineOutput> whole = await ReadAsync(request, manifest);
        int[] tokens = Tokens(whole);
        Assert.Equal(name.StartsWith("stop", StringComparison.Ordinal) || name.StartsWith("end", StringComparison.Ordinal), tokens.Length < 20);

        for (int cut = 0; cut <= tokens.Length; cut++)
        {
            List<EngineOutput> resumed = await ReadAsync(request with { Output = tokens.AsMemory(0, cut) }, manifest);

            Assert.Equal((0, null), (resumed[0].FirstIndex, resumed[0].LogProbs));
            Assert.Equal(tokens[..cut], resumed[0].Tokens);
            Assert.Equal(TextAfter(tokens, cut, sampling, manifest), resumed[0].Text);
            Assert.Equal(tokens, Tokens(resumed));
            Assert.Equal(Text(whole), Text(resumed));
            Assert.Equal(JsonSerializer.Serialize(LogProbs(whole).Skip(cut)), JsonSerializer.Serialize(LogProbs(resumed)));
            Assert.Equal((whole[^1].FinishReason, whole[^1].Usage), (resumed[^1].FinishReason, resumed[^1].Usage));
            Assert.Equal(cut == tokens.Length ? 1 : 2, Math.Min(2, resumed.Count));
        }
    }

    [Fact]
    public async Task GenerateAsync_of_an_output_that_has_ended_computes_nothing()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync();
        Generation whole = await toy.Engine.CompleteAsync(ToyEngine.Request(Prompt));
        long computed = toy.Runner.ComputedTokens;

        Generation again = await toy.Engine.CompleteAsync(ToyEngine.Request(Prompt) with { Output = whole.Tokens });

        Assert.Equal((whole.Text, FinishReason.Length), (again.Text, again.FinishReason));
        Assert.Equal((computed, 0, 0), (toy.Runner.ComputedTokens, toy.Engine.Status.Running, toy.Engine.Status.Waiting));
    }

    [Fact]
    public async Task GenerateAsync_of_a_cut_output_finds_its_keys_and_values_again()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync(Kv.PrefixReuseTests.Options());
        int[] prompt = Kv.PrefixReuseTests.Prompt(1, 50);
        Generation whole = await toy.Engine.CompleteAsync(ToyEngine.Request(prompt, 60));
        long computed = toy.Runner.ComputedTokens;

        Generation again = await toy.Engine.CompleteAsync(ToyEngine.Request(prompt, 60) with { Output = whole.Tokens.AsMemory(0, 40) });

        Assert.Equal(whole.Tokens, again.Tokens);
        Assert.Equal(20, toy.Runner.ComputedTokens - computed);
    }

    [Fact]
    public async Task GenerateAsync_of_an_output_whose_reader_left_finds_its_keys_and_values_again()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync(Kv.PrefixReuseTests.Options());
        EngineRequest request = ToyEngine.Request(Kv.PrefixReuseTests.Prompt(1, 50), 200);
        List<int> tokens = [];
        await foreach (EngineOutput output in toy.Engine.GenerateAsync(request))
        {
            tokens.AddRange(output.Tokens);
            if (tokens.Count >= 20)
            {
                break;
            }
        }

        EngineOutput? last = null;
        await foreach (EngineOutput output in toy.Engine.GenerateAsync(request with { Output = tokens.Take(20).ToArray() })) // a slow reader gets all at once
        {
            last = output;
        }

        Assert.Equal((50, 50, 200), (last!.Usage!.PromptTokens, last.Usage.CachedTokens, last.Usage.OutputTokens));
    }

    public static TheoryData<int[], SamplingParameters, ErrorCode> Impossible() => new()
    {
        { [101], new(), ErrorCode.InvalidRequest },
        { [-1], new(), ErrorCode.InvalidRequest },
        { [1, 0, 1], new() { Stop = ["A"] }, ErrorCode.InvalidRequest },
        { [1], new() { Constraint = new() { Kind = ConstraintKind.Regex, Text = "A+" } }, ErrorCode.InvalidRequest },
        { [.. Enumerable.Repeat(1, 17)], new(), ErrorCode.ContextLengthExceeded },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public async Task GenerateAsync_output_that_cannot_have_been_is_refused(int[] output, SamplingParameters sampling, ErrorCode code)
    {
        await using ToyEngine toy = await ToyEngine.StartAsync(tokenizer: Tokenizer);

        GranaryException refusal = await Assert.ThrowsAsync<GranaryException>(
            () => toy.Engine.CompleteAsync(ToyEngine.Request(Prompt, 16, sampling) with { Output = output }));

        Assert.Equal((code, "output"), (refusal.Code, refusal.Parameter));
        Assert.Equal((0, 0), (toy.Engine.Status.Running, toy.Engine.Status.Waiting));
    }

    [Fact]
    public async Task GenerateAsync_default_limit_below_what_it_has_ends_it()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync(new EngineOptions { Slots = 1, SlotTokens = 128, DefaultMaxTokens = 8 });
        EngineRequest request = ToyEngine.Request(Prompt) with { Sampling = new(), Output = Enumerable.Repeat(1, 10).ToArray() };

        Generation got = await toy.Engine.CompleteAsync(request);

        Assert.Equal((10, FinishReason.Length), (got.Tokens.Length, got.FinishReason));
    }

    [Fact]
    public async Task GenerateAsync_full_queue_takes_what_ran_before_and_serves_it_first()
    {
        using var gate = new StepGate();
        List<int> prefills = []; // by their tokens
        await using ToyEngine toy = await ToyEngine.StartAsync(new EngineOptions { Slots = 1, SlotTokens = 128, MaxWaiting = 1 }, configure: runner => runner.Before = call =>
        {
            if (!call.IsDecode)
            {
                prefills.Add(call.TokensPerRow);
            }

            gate.Pass(call);
        });
        Task running = RunAsync(1, null);
        await gate.ArrivedAsync();
        Task waiting = RunAsync(2, null);
        GranaryException refusal = await Assert.ThrowsAsync<GranaryException>(() => RunAsync(3, null));
        Task empty = RunAsync(4, []);
        Task resumed = RunAsync(5, [1, 2, 3, 4]);
        gate.Open();
        await Task.WhenAll(running, waiting, empty, resumed);

        Assert.Equal(ErrorCode.Overloaded, refusal.Code);
        Assert.Equal([1, 4, 9, 2], prefills);

        Task RunAsync(int promptTokens, int[]? output) =>
            toy.Engine.CompleteAsync(ToyEngine.Request(new int[promptTokens], 8) with { Output = output is null ? default(ReadOnlyMemory<int>?) : output });
    }

    [Fact]
    public async Task GenerateAsync_reader_that_leaves_after_the_repeated_part_frees_the_slot()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync();
        await foreach (EngineOutput output in toy.Engine.GenerateAsync(ToyEngine.Request(Prompt, 100) with { Output = new[] { 1, 2 } }))
        {
            break;
        }

        await toy.Engine.CompleteAsync(ToyEngine.Request(Prompt));
        Assert.Equal((0, 0), (toy.Engine.Status.Running, toy.Engine.Status.Waiting));
    }

    /// <summary>Gives the cases a stop string and an end-of-sequence token that their own text has.</summary>
    private static async Task<(SamplingParameters Sampling, ModelManifest Manifest)> CompleteAsync(string name, SamplingParameters sampling, ModelManifest manifest)
    {
        int[] free = Tokens(await ReadAsync(ToyEngine.Request(Prompt, MaxTokens, new() { Temperature = 0 }), manifest));
        return name switch
        {
            _ when name.StartsWith("stop", StringComparison.Ordinal) => (sampling with { Stop = [Tokenizer.Decode(free.AsSpan(0, 16))[^4..], "zz"] }, manifest),
            _ when name.StartsWith("end", StringComparison.Ordinal) => (sampling, manifest with { EndOfSequenceTokens = [free[12]] }),
            _ => (sampling, manifest),
        };
    }

    /// <summary>The text that is certain after some tokens, by its definition.</summary>
    private static string TextAfter(int[] tokens, int count, SamplingParameters sampling, ModelManifest manifest)
    {
        var text = new StringBuilder();
        var certain = new OutputText(Tokenizer.CreateStreamDecoder(), sampling.Stop ?? [], sampling.MinTokens ?? 0);
        bool stopped = false;
        foreach (int token in tokens.AsSpan(0, count))
        {
            stopped = !manifest.EndOfSequenceTokens.Contains(token) && certain.Append(token, text);
        }

        if (count == tokens.Length && !stopped)
        {
            certain.Flush(text);
        }

        return text.ToString();
    }

    private static async Task<List<EngineOutput>> ReadAsync(EngineRequest request, ModelManifest manifest)
    {
        await using ToyEngine toy = await ToyEngine.StartAsync(manifest: manifest, tokenizer: Tokenizer);
        List<EngineOutput> all = [];
        await foreach (EngineOutput output in toy.Engine.GenerateAsync(request))
        {
            Assert.Equal(Tokens(all).Length, output.FirstIndex);
            all.Add(output);
        }

        return all;
    }

    private static int[] Tokens(List<EngineOutput> outputs) => [.. outputs.SelectMany(output => output.Tokens)];

    private static string Text(List<EngineOutput> outputs) => string.Concat(outputs.Select(output => output.Text));

    private static IEnumerable<TokenLogProbs> LogProbs(List<EngineOutput> outputs) => outputs.SelectMany(output => output.LogProbs ?? []);
}
