using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Execution;
using Granary.Models;
using Granary.Models.Catalog;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Benchmarks.Gpu;

/// <summary>Compares the GPU with the numbers of Hugging Face transformers in tests/golden: last logits, and greedy tokens of the whole engine.</summary>
internal static class GoldenCheck
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Folders of the golden models.</summary>
    public static IEnumerable<string> Folders(string root) => Directory.EnumerateDirectories(Path.Combine(root, "tests", "golden")).Order(StringComparer.Ordinal);

    /// <summary>Checks a model.</summary>
    /// <param name="model">Imported for the GPU.</param>
    /// <param name="golden">The folder of its golden.json.</param>
    public static async Task<Agreement> RunAsync(ImportedModel model, string golden)
    {
        var prompts = Prompts(golden);
        var error = await GpuThread.RunAsync(() => prompts.Max(prompt => RelativeError(LastLogits(model, prompt), prompt.LastLogits)));

        // Several times each, in chunks and together, so that batches are padded and slots move.
        var options = new EngineOptions { Device = model.Manifest.Device, Slots = 5, SlotTokens = 256, PrefillChunkTokens = 16 };
        await using var engine = await EngineLoader.LoadAsync(model.Manifest, model.Folder, new NoTokenizer(), options, TimeProvider.System, NullLogger.Instance);
        GoldenPrompt[] asked = [.. prompts, .. prompts, .. prompts];
        var outputs = await Task.WhenAll(asked.Select(prompt => GpuLoad.GenerateAsync(engine, prompt.Ids, prompt.Greedy.Length)));
        return new(error, outputs.Zip(asked).Count(pair => pair.First.SequenceEqual(pair.Second.Greedy)), asked.Length);
    }

    /// <summary>The largest relative error of a prompt's last logits against those of the same weights elsewhere.</summary>
    public static double Difference(ImportedModel model, ImportedModel reference, string golden) =>
        Prompts(golden).Max(prompt => RelativeError(LastLogits(model, prompt), LastLogits(reference, prompt)));

    /// <summary>‖values − reference‖ / ‖reference‖.</summary>
    public static double RelativeError(ReadOnlySpan<float> values, ReadOnlySpan<float> reference)
    {
        double difference = 0;
        double norm = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            difference += Math.Pow(values[i] - reference[i], 2);
            norm += Math.Pow(reference[i], 2);
        }

        return Math.Sqrt(difference / norm);
    }

    private static GoldenPrompt[] Prompts(string golden)
    {
        using var file = File.OpenRead(Path.Combine(golden, "golden.json"));
        return JsonSerializer.Deserialize<GoldenModel>(file, Snake)!.Prompts;
    }

    private static float[] LastLogits(ImportedModel model, GoldenPrompt prompt)
    {
        using var runner = RunnerLoader.Load(model.Manifest, model.Folder, new EngineOptions { Device = model.Manifest.Device, Slots = 1, SlotTokens = 256 });
        runner.Prefill(0, prompt.Ids, 0);
        return runner.Logits(0).ToArray();
    }

    /// <summary>How far a model agrees with its reference.</summary>
    /// <param name="LogitError">The largest relative error of a prompt's last logits.</param>
    /// <param name="EqualOutputs">Outputs whose tokens are all equal.</param>
    /// <param name="Outputs">Outputs compared.</param>
    internal readonly record struct Agreement(double LogitError, int EqualOutputs, int Outputs);

    private sealed record GoldenModel(GoldenPrompt[] Prompts);

    private sealed record GoldenPrompt(int[] Ids, float[] LastLogits, int[] Greedy);
}
