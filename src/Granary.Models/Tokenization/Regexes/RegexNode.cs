namespace Granary.Models.Tokenization.Regexes;

/// <summary>The syntax tree of a pattern.</summary>
internal abstract record RegexNode
{
    internal sealed record Empty : RegexNode;

    internal sealed record Chars(CharSet Set) : RegexNode;

    internal sealed record Sequence(IReadOnlyList<RegexNode> Items) : RegexNode;

    internal sealed record Alternatives(IReadOnlyList<RegexNode> Items) : RegexNode;

    // Max is -1 without bound.
    internal sealed record Repeat(RegexNode Item, int Min, int Max, bool Lazy, bool Possessive) : RegexNode;

    internal sealed record Atomic(RegexNode Item) : RegexNode;

    internal sealed record Look(RegexNode Item, bool Negated) : RegexNode;

    internal sealed record Anchor(AnchorKind Kind) : RegexNode;
}

internal enum AnchorKind
{
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    TextEndOrNewline,
    WordBoundary,
    NotWordBoundary,
}
