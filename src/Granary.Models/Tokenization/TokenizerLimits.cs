namespace Granary.Models.Tokenization;

/// <summary>What a tokenizer.json may claim. The largest in use have 33 MB, 262,144 tokens and 515,000 merges.</summary>
internal static class TokenizerLimits
{
    public const long MaxFileBytes = 128L << 20;
    public const int MaxDepth = 64;
    public const int MaxId = 4_000_000;
    public const int MaxMerges = 4_000_000;
    public const int MaxAddedTokens = 100_000;
    public const int MaxTokenChars = 2_000;

    /// <summary>Normalizers, pre-tokenizers and decoders, sequences among them; the longest in use have a dozen.</summary>
    public const int MaxSteps = 256;

    /// <summary>Characters of all regular expressions; the longest in use have some hundreds.</summary>
    public const int MaxPatternChars = 10_000;

    /// <summary>Instructions of all regular expressions.</summary>
    public const int MaxInstructions = 100_000;

    /// <summary>Different characters and classes in all regular expressions: 8 MiB.</summary>
    public const int MaxSets = 1_024;
}
