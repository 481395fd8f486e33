using System.Text.Json;

namespace Granary.Benchmarks.Weights;

/// <summary>The demo model's reference sample: windows of text as tokens, and what transformers computed for them in fp32.</summary>
internal sealed record ReferenceSample(int[][] Windows, double Perplexity)
{
    public static ReferenceSample Read(string folder)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "reference.json")));
        var sample = document.RootElement.GetProperty("perplexity_sample");
        int[][] windows = [.. sample.GetProperty("windows").EnumerateArray().Select(window => window.EnumerateArray().Select(token => token.GetInt32()).ToArray())];
        return new(windows, sample.GetProperty("perplexity").GetDouble());
    }
}
