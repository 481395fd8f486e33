namespace Granary.Engine.Grammar.Vocabulary;

/// <summary>A node of a <see cref="TokenTrie"/>, which stands for a string of bytes.</summary>
internal struct TrieNode
{
    /// <summary>The string's last byte.</summary>
    public byte Value;

    /// <summary>The string's length, less one.</summary>
    public byte Depth;

    /// <summary>How many tokens have exactly this string; up to 255.</summary>
    public byte OwnTokens;

    /// <summary>Where the node's subtree ends.</summary>
    public int End;

    /// <summary>Where the tokens of the subtree begin in <see cref="TokenTrie.Tokens"/>; those of the node itself come first.</summary>
    public int FirstToken;

    /// <summary>Where they end.</summary>
    public int EndToken;

    /// <summary>The kinds of bytes (<see cref="ByteKinds"/>) below the node.</summary>
    public ulong Below;
}
