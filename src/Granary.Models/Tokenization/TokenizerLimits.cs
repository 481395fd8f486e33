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
}
