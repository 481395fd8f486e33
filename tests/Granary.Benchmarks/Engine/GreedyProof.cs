using System.Text.Json;

namespace Granary.Benchmarks.Engine;

/// <summary>Whether a decoder runs the demo model: its greedy tokens against those that Hugging Face transformers computed.</summary>
internal static class GreedyProof
{
    /// <summary>Prompts of reference.json, and those whose greedy continuation the decoder gives token for token.</summary>
    public static (int Equal, int Prompts) Count(IDecoder decoder, string modelFolder)
    {
        using var reference = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(modelFolder, "reference.json")));
        var (equal, prompts) = (0, 0);
        foreach (var prompt in reference.RootElement.GetProperty("prompts").EnumerateArray())
        {
            var expected = Tokens(prompt, "greedy_continuation_ids");
            equal += DecoderLoad.Greedy(decoder, Tokens(prompt, "token_ids"), expected.Length).SequenceEqual(expected) ? 1 : 0;
            prompts++;
        }

        return (equal, prompts);
    }

    private static int[] Tokens(JsonElement prompt, string name) => [.. prompt.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
}
