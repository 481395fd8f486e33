namespace Granary.Models.ChatTemplates.Jinja.Syntax;

/// <summary>Something that has a value.</summary>
internal abstract record Expression
{
    internal sealed record Literal(object? Value) : Expression;

    internal sealed record Name(string Id) : Expression;

    internal sealed record ListOf(IReadOnlyList<Expression> Items, bool IsTuple) : Expression;

    internal sealed record DictOf(IReadOnlyList<(Expression Key, Expression Value)> Items) : Expression;

    internal sealed record Attribute(Expression Target, string Id) : Expression;

    internal sealed record Item(Expression Target, Expression Index) : Expression;

    internal sealed record Slice(Expression Target, Expression? Start, Expression? Stop, Expression? Step) : Expression;

    internal sealed record Call(Expression Target, CallArguments Arguments) : Expression;

    internal sealed record Filter(Expression Target, string Id, CallArguments Arguments) : Expression;

    internal sealed record Test(Expression Target, string Id, CallArguments Arguments, bool Negated) : Expression;

    internal sealed record Unary(string Operator, Expression Operand) : Expression;

    internal sealed record Binary(string Operator, Expression Left, Expression Right) : Expression;

    /// <summary>A chain such as <c>a &lt; b &lt; c</c>.</summary>
    internal sealed record Compare(Expression First, IReadOnlyList<(string Operator, Expression Operand)> Rest) : Expression;

    internal sealed record Condition(Expression When, Expression Then, Expression? Otherwise) : Expression;
}

internal sealed record CallArguments(IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named)
{
    public static readonly CallArguments None = new([], []);
}

/// <summary>Something that is done.</summary>
internal abstract record Statement(int Line)
{
    internal sealed record Text(int Line, string Value) : Statement(Line);

    internal sealed record Output(int Line, Expression Value) : Statement(Line);

    internal sealed record If(int Line, IReadOnlyList<(Expression? When, IReadOnlyList<Statement> Body)> Branches) : Statement(Line);

    internal sealed record For(
        int Line, Expression Target, Expression Items, Expression? Where, IReadOnlyList<Statement> Body, IReadOnlyList<Statement> Otherwise) : Statement(Line);

    internal sealed record Set(int Line, Expression Target, Expression Value) : Statement(Line);

    /// <summary>Block set: the body's output becomes the value, through filters if there are any.</summary>
    internal sealed record SetBlock(int Line, Expression Target, Expression Value, IReadOnlyList<Statement> Body) : Statement(Line);

    internal sealed record Macro(
        int Line, string Id, IReadOnlyList<(string Name, Expression? Default)> Parameters, IReadOnlyList<Statement> Body) : Statement(Line);

    internal sealed record CallBlock(int Line, Macro Caller, Expression.Call Call) : Statement(Line);

    /// <summary>The body's output goes through filters.</summary>
    internal sealed record FilterBlock(int Line, Expression Value, IReadOnlyList<Statement> Body) : Statement(Line);

    internal sealed record With(int Line, IReadOnlyList<(Expression Target, Expression Value)> Variables, IReadOnlyList<Statement> Body) : Statement(Line);

    internal sealed record Block(int Line, IReadOnlyList<Statement> Body) : Statement(Line);

    internal sealed record Break(int Line) : Statement(Line);

    internal sealed record Continue(int Line) : Statement(Line);

    internal sealed record Evaluate(int Line, Expression Value) : Statement(Line);
}
