namespace Granary.Models.ChatTemplates.Jinja.Syntax;

/// <summary>The tokens of a template with a place in them.</summary>
internal sealed class TokenStream(List<Token> tokens)
{
    private int _position;

    public Token Current => tokens[_position];

    public Token Ahead => tokens[Math.Min(_position + 1, tokens.Count - 1)];

    public Token Take()
    {
        var token = Current;
        _position += token.Kind == TokenKind.End ? 0 : 1;
        return token;
    }

    public bool Is(TokenKind kind, string? text = null) => Current.Kind == kind && (text is null || Current.Text == text);

    public bool IsOperator(string text) => Is(TokenKind.Operator, text);

    public bool IsName(string text) => Is(TokenKind.Name, text);

    public bool TryOperator(string text) => Try(TokenKind.Operator, text);

    public bool TryName(string text) => Try(TokenKind.Name, text);

    public string Name() => Is(TokenKind.Name) ? Take().Text : throw Error("a name is missing");

    public void Operator(string text)
    {
        if (!TryOperator(text))
        {
            throw Error($"'{text}' is missing");
        }
    }

    public void Expect(TokenKind kind)
    {
        if (!Try(kind, null))
        {
            throw Error(kind == TokenKind.CloseTag ? "the tag should end" : "the output should end");
        }
    }

    public JinjaException Error(string what) =>
        JinjaException.At(Current.Line, Current.Kind == TokenKind.End ? $"{what}, but the template ends" : $"{what} before '{Current.Text}'");

    private bool Try(TokenKind kind, string? text)
    {
        if (!Is(kind, text))
        {
            return false;
        }

        Take();
        return true;
    }
}
