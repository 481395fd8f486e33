using Granary.Engine;
using Granary.Engine.Execution;
using Granary.Models;
using Granary.Models.Catalog;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Benchmarks.Batching;

/// <summary>The whole engine over the demo model, imported into a folder that goes with it, with a runner that takes notes.</summary>
internal sealed class BatchingEngine : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private int _requests;

    private BatchingEngine(DirectoryInfo folder, IEngine engine, TimedRunner runner)
    {
        _folder = folder;
        Engine = engine;
        Runner = runner;
    }

    public IEngine Engine { get; }

    public TimedRunner Runner { get; }

    public static async Task<BatchingEngine> StartAsync(EngineOptions options, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("granary-bench-");
        try
        {
            var catalog = new ModelCatalog(folder.FullName);
            await catalog.ImportAsync(new ImportRequest { Source = DemoModel(), Name = "demo" }, progress: null, cancellationToken);
            var model = catalog.Open("demo");
            TimedRunner runner = null!;
            var engine = await InferenceEngine.StartAsync(
                model.Manifest, model.Tokenizer, options, TimeProvider.System, NullLogger.Instance,
                () => runner = new TimedRunner(OrtModelRunner.Load(model.Manifest, model.Folder, options)));
            return new BatchingEngine(folder, engine, runner);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>A greedy request that ends at its limit alone. Its tokens are those of no text, but cost what text costs; no two prompts begin alike.</summary>
    public EngineRequest Request(int promptTokens, int outputTokens, string tenant = "", double weight = 1)
    {
        var random = new Random(Interlocked.Increment(ref _requests));
        return new EngineRequest
        {
            RequestId = "bench",
            Prompt = Enumerable.Range(0, promptTokens).Select(_ => random.Next(1000, Engine.Manifest.VocabularySize)).ToArray(),
            Sampling = new SamplingParameters { Temperature = 0, RepetitionPenalty = 1, MaxTokens = outputTokens, IgnoreEndOfSequence = true },
            Tenant = tenant,
            TenantWeight = weight,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static string DemoModel()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Cluster.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The benchmark must run from inside the repository.");
        }

        return Path.Combine(root, "deploy", "models", "granary-chat");
    }
}
