namespace Granary.Models.ChatTemplates.Jinja.Syntax;

internal enum TokenKind
{
    Text,
    OpenOutput,
    CloseOutput,
    OpenTag,
    CloseTag,
    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}

/// <param name="Kind">What it is.</param>
/// <param name="Text">The text, the name, the operator or the string's value.</param>
/// <param name="Line">From 1.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Line);
