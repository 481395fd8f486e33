using System.Runtime.CompilerServices;
using System.Text.Json;
using Granary.Models.Catalog;

namespace Granary.Models.Tests;

/// <summary>The models of tests/golden and deploy/models, imported into a temporary catalogue that is removed at the end.</summary>
public sealed class GoldenModels : IDisposable
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-models-");

    public GoldenModels() => Catalog = new ModelCatalog(_folder.FullName);

    public ModelCatalog Catalog { get; }

    /// <summary>The Hugging Face folder of a golden model.</summary>
    public static string Source(string name) => Path.Combine(RepositoryRoot(), "tests", "golden", name);

    /// <summary>The Hugging Face folder of the demo model.</summary>
    public static string DemoSource => Path.Combine(RepositoryRoot(), "deploy", "models", "granary-chat");

    /// <summary>What Hugging Face transformers computed for a golden model.</summary>
    public static async Task<Golden> ReferenceAsync(string name, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(Path.Combine(Source(name), "golden.json"));
        return (await JsonSerializer.DeserializeAsync<Golden>(file, Snake, cancellationToken))!;
    }

    /// <summary>Imports a golden model and opens it.</summary>
    public async Task<ImportedModel> ImportAsync(string name, CancellationToken cancellationToken, WeightKind weights = WeightKind.Fp32, Version? runtime = null, string device = ModelDevices.Cpu)
    {
        var request = new ImportRequest { Source = Source(name), Weights = weights, Device = device, Runtime = runtime ?? ImportRequest.OldestRuntime, Replace = true };
        await Catalog.ImportAsync(request, progress: null, cancellationToken);
        return Catalog.Open(name);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string RepositoryRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    public sealed record Golden(GoldenPrompt[] Prompts);

    public sealed record GoldenPrompt(long[] Ids, float[] LastLogits, int[] Greedy, float[] Margins);
}
