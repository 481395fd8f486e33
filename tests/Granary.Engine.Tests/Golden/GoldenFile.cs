using System.Text.Json;

namespace Granary.Engine.Tests.Golden;

/// <summary>What Hugging Face transformers computed: golden.json of a golden model, or reference.json of the demo model.</summary>
internal static class GoldenFile
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task<GoldenPrompt[]> ReadGoldenAsync(string name) =>
        (await ReadAsync<GoldenModel>(Path.Combine(ImportedModels.GoldenSource(name), "golden.json"))).Prompts;

    public static async Task<ReferencePrompt[]> ReadDemoAsync() =>
        (await ReadAsync<DemoReference>(Path.Combine(ImportedModels.DemoSource, "reference.json"))).Prompts;

    private static async Task<T> ReadAsync<T>(string path)
    {
        await using FileStream file = File.OpenRead(path);
        return (await JsonSerializer.DeserializeAsync<T>(file, Snake))!;
    }

    private sealed record GoldenModel(GoldenPrompt[] Prompts);

    private sealed record DemoReference(ReferencePrompt[] Prompts);
}

internal sealed record GoldenPrompt(int[] Ids, int[] Greedy, float[] Margins, float[] LastLogits);

internal sealed record ReferencePrompt(int[] TokenIds, int[] GreedyContinuationIds, string GreedyText);
