using System.Diagnostics;
using Granary.Benchmarks.Engine.Gguf;
using Granary.Engine.Execution;
using Granary.Models.Catalog;
using Granary.Models.Synthesis;

namespace Granary.Benchmarks.Engine;

/// <summary>Files that the benchmark makes once and keeps in the cache: llama.cpp, made-up checkpoints, imported models, GGUF files.</summary>
internal sealed class BenchFiles
{
    /// <summary>What figures call the demo model.</summary>
    public const string Demo = "demo";

    private const string Shape = "qwen2.5-0.5b";
    private const int Seed = 1;

    private readonly string _root;
    private readonly string _cache;
    private readonly ModelCatalog _catalog;

    public BenchFiles()
    {
        _root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(_root, "Cluster.sln")))
        {
            _root = Path.GetDirectoryName(_root) ?? throw new InvalidOperationException("The benchmark must run from inside the repository.");
        }

        _cache = Environment.GetEnvironmentVariable("GRANARY_CACHE") ?? Path.Combine(_root, ".granary", "cache");
        _catalog = new ModelCatalog(Path.Combine(_cache, "bench-engine"));
    }

    /// <summary>The demo model's Hugging Face folder.</summary>
    public string DemoModel => Path.Combine(_root, "deploy", "models", "granary-chat");

    /// <summary>A Hugging Face folder of the 0.5B shape with random weights, made up if it is not there.</summary>
    public string HalfBillion(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(_cache, "bench-checkpoints", Shape);
        if (!Directory.Exists(folder))
        {
            var unfinished = folder + ".unfinished";
            SyntheticFolder.Write(SyntheticModel.All.Single(model => model.Name == Shape), Seed, unfinished, withWeights: true, cancellationToken);
            Directory.Move(unfinished, folder);
        }

        return folder;
    }

    /// <summary>The folder of llama.cpp's libraries, fetched if it is not there.</summary>
    public async Task<string> LlamaCppAsync(CancellationToken cancellationToken)
    {
        using var fetch = Process.Start(Path.Combine(_root, "deploy", "lib", "fetch-llama-cpp"), [_cache]);
        await fetch.WaitForExitAsync(cancellationToken);
        return fetch.ExitCode == 0
            ? Path.Combine(_cache, "llama-cpp", "node_modules", "@node-llama-cpp", "linux-x64", "bins", "linux-x64")
            : throw new InvalidOperationException("llama.cpp could not be fetched.");
    }

    /// <summary>The model as Granary serves it, imported if it is not there or another build of the graph writer imported it.</summary>
    public async Task<ImportedModel> ImportedAsync(Contest contest, CancellationToken cancellationToken)
    {
        var prefix = $"{contest.Model}-{contest.Weights.Name()}-";
        var name = $"{prefix}{typeof(ModelCatalog).Module.ModuleVersionId.ToString("N")[..8]}-{OnnxRuntimeVersion.Current.ToString(2)}";
        var imported = _catalog.List().Select(manifest => manifest.Name).Where(imported => imported.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        if (!imported.Contains(name))
        {
            imported.ForEach(_catalog.Remove);
            await _catalog.ImportAsync(new ImportRequest { Source = contest.Source, Name = name, Weights = contest.Weights, Runtime = OnnxRuntimeVersion.Current }, null, cancellationToken);
        }

        return _catalog.Open(name);
    }

    /// <summary>Bytes of graph and weights, which is what the other side's file holds.</summary>
    public static long Bytes(ImportedModel model) =>
        model.Manifest.FileBytes.Where(file => file.Key.StartsWith(model.Manifest.GraphFile, StringComparison.Ordinal)).Sum(file => file.Value);

    /// <summary>The model as llama.cpp reads it, written if it is not there.</summary>
    public string Gguf(Contest contest)
    {
        var path = Path.Combine(_cache, "bench-checkpoints", $"{contest.Model}-{contest.Type}.gguf");
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            GgufModel.Write(contest.Source, path, contest.Type, contest.Type);
        }

        return path;
    }
}
