using System.Diagnostics;
using Granary.Engine;
using Granary.Models;
using Granary.Models.Catalog;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Benchmarks.Kv;

/// <summary>The demo model, imported into a folder that goes with it, and conversations about its own samples.</summary>
internal sealed class KvModel : IDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly ImportedModel _model;
    private readonly int[] _text;

    private KvModel(DirectoryInfo folder, ImportedModel model, int[] text)
    {
        _folder = folder;
        _model = model;
        _text = text;
    }

    public static async Task<KvModel> ImportAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("granary-bench-");
        var catalog = new ModelCatalog(folder.FullName);
        await catalog.ImportAsync(new ImportRequest { Source = DemoFolder(), Name = "demo" }, progress: null, cancellationToken);
        var model = catalog.Open("demo");
        var text = model.Tokenizer.Encode(await File.ReadAllTextAsync(Path.Combine(DemoFolder(), "README.md"), cancellationToken), parseSpecialTokens: false);
        return new KvModel(folder, model, text);
    }

    /// <summary>A folder for KV blocks that goes with the model.</summary>
    public string DiskFolder(string name) => Path.Combine(_folder.FullName, name);

    public Task<IEngine> StartAsync(EngineOptions options) =>
        EngineLoader.LoadAsync(_model.Manifest, _model.Folder, _model.Tokenizer, options, TimeProvider.System, NullLogger.Instance);

    /// <summary>Text that begins like no other: its number, then the model's own page, over and over.</summary>
    public int[] Text(int number, int tokens)
    {
        var beginning = _model.Tokenizer.Encode($"Conversation {number}. ", parseSpecialTokens: false);
        return [.. beginning, .. Enumerable.Range(0, tokens - beginning.Length).Select(i => _text[((number * 37) + i) % _text.Length])];
    }

    /// <summary>Generates greedily, without an end but the limit.</summary>
    public static async Task<Turn> RunAsync(IEngine engine, int[] prompt, int tokens, string id = "bench")
    {
        var request = new EngineRequest
        {
            RequestId = id,
            Prompt = prompt,
            Sampling = new SamplingParameters { Temperature = 0, RepetitionPenalty = 1, MaxTokens = tokens, IgnoreEndOfSequence = true },
        };
        var start = Stopwatch.GetTimestamp();
        var first = TimeSpan.Zero;
        var reply = new List<int>();
        var cached = 0;
        await foreach (var output in engine.GenerateAsync(request))
        {
            first = reply.Count == 0 ? Stopwatch.GetElapsedTime(start) : first;
            reply.AddRange(output.Tokens);
            cached = output.Usage?.CachedTokens ?? cached;
        }

        return new Turn([.. reply], first.TotalMilliseconds, cached);
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string DemoFolder()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Cluster.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The benchmark must run from inside the repository.");
        }

        return Path.Combine(root, "deploy", "models", "granary-chat");
    }
}

/// <summary>What one turn gave.</summary>
/// <param name="Reply">Its tokens.</param>
/// <param name="FirstTokenMs">Time to the first of them.</param>
/// <param name="CachedTokens">Prompt tokens that were reused.</param>
internal sealed record Turn(int[] Reply, double FirstTokenMs, int CachedTokens);
