namespace Granary.Engine.Grammar.Automata;

/// <summary>The tokens that a state allows.</summary>
/// <param name="mask">One bit a token id, lowest first; end-of-sequence tokens where the text may end.</param>
/// <param name="hasText">Whether a token of text is among them.</param>
internal sealed class TokenSet(ulong[] mask, bool hasText) : CachedTokens
{
    private readonly int _words = mask.Length;
    private ulong[]? _mask = mask;

    /// <summary>The set; <see langword="null"/> once it was given up.</summary>
    public ulong[]? Mask => Volatile.Read(ref _mask);

    public bool HasText => hasText;

    public override long Bytes => _words * sizeof(ulong);

    /// <summary>The tokens of both.</summary>
    public static TokenSet Union(TokenSet one, TokenSet other)
    {
        ulong[] mask = [.. one.Mask!];
        ulong[] more = other.Mask!;
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] |= more[i];
        }

        return new TokenSet(mask, one.HasText || other.HasText);
    }

    public override void Drop() => Volatile.Write(ref _mask, null);
}
