namespace Granary.Engine.Grammar.Expressions;

/// <summary>What an <see cref="Expression"/> is.</summary>
internal enum ExpressionKind
{
    /// <summary>The empty text.</summary>
    Empty,

    /// <summary>One byte of a set.</summary>
    Bytes,

    /// <summary>One after the other.</summary>
    Sequence,

    /// <summary>One of several; of none: nothing matches.</summary>
    Choice,

    /// <summary>One several times.</summary>
    Repeat,

    /// <summary>A rule by its name, which may come to itself again.</summary>
    Call,

    /// <summary>Not written in grammars: where a rule's text ends and its caller goes on.</summary>
    Return,
}
