using System.Globalization;

namespace Granary.Models.ChatTemplates.Jinja.Syntax;

/// <summary>Parses expressions with Jinja's precedence.</summary>
internal sealed class ExpressionParser(TokenStream stream)
{
    private const int MaxDepth = 300;
    private int _depth;

    public Expression Parse(bool withCondition = true)
    {
        Enter();
        var expression = ParseOr();
        while (withCondition && stream.TryName("if"))
        {
            var when = ParseOr();
            expression = new Expression.Condition(when, expression, stream.TryName("else") ? Parse() : null);
        }

        _depth--;
        return expression;
    }

    /// <summary>An expression or several with commas between, which are a tuple.</summary>
    public Expression ParseTuple(bool withCondition = true)
    {
        var first = Parse(withCondition);
        if (!stream.IsOperator(","))
        {
            return first;
        }

        var items = new List<Expression> { first };
        while (stream.TryOperator(",") && !AtTupleEnd())
        {
            items.Add(Parse(withCondition));
        }

        return new Expression.ListOf(items, IsTuple: true);
    }

    /// <summary>What can be assigned to: a name, <c>namespace.name</c>, or several.</summary>
    public Expression ParseTarget(bool withNamespace)
    {
        var items = new List<Expression>();
        var tuple = false;
        do
        {
            if (stream.TryOperator("("))
            {
                items.Add(ParseTarget(withNamespace: false));
                stream.Operator(")");
                continue;
            }

            Expression target = new Expression.Name(stream.Name());
            items.Add(withNamespace && stream.TryOperator(".") ? new Expression.Attribute(target, stream.Name()) : target);
        }
        while (stream.TryOperator(",") && (tuple = true) && (stream.Is(TokenKind.Name) || stream.IsOperator("(")));
        return items.Count == 1 && !tuple ? items[0] : new Expression.ListOf(items, IsTuple: true);
    }

    public CallArguments ParseArguments()
    {
        stream.Operator("(");
        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        while (!stream.TryOperator(")"))
        {
            if (stream.Is(TokenKind.Name) && stream.Ahead is { Kind: TokenKind.Operator, Text: "=" })
            {
                var name = stream.Name();
                stream.Operator("=");
                named.Add((name, Parse()));
            }
            else if (named.Count == 0 && !stream.IsOperator("*") && !stream.IsOperator("**"))
            {
                positional.Add(Parse());
            }
            else
            {
                throw stream.Error("arguments with * or after named ones are not supported");
            }

            if (!stream.TryOperator(",") && !stream.IsOperator(")"))
            {
                throw stream.Error("',' or ')' is missing");
            }
        }

        return new(positional, named);
    }

    /// <summary>Applies <c>| filter</c>s to an expression.</summary>
    public Expression ParseFilters(Expression expression)
    {
        while (stream.TryOperator("|"))
        {
            expression = ParseFilter(expression);
        }

        return expression;
    }

    /// <summary>A filter whose bar was taken.</summary>
    public Expression ParseFilter(Expression target)
    {
        var name = stream.Name();
        return new Expression.Filter(target, name, stream.IsOperator("(") ? ParseArguments() : CallArguments.None);
    }

    private void Enter()
    {
        if (++_depth > MaxDepth)
        {
            throw stream.Error($"expressions are nested deeper than {MaxDepth}");
        }
    }

    private bool AtTupleEnd() =>
        stream.Is(TokenKind.CloseTag) || stream.Is(TokenKind.CloseOutput) || stream.IsOperator(")") || stream.IsOperator("]") || stream.IsName("if");

    private Expression ParseOr()
    {
        var left = ParseAnd();
        while (stream.TryName("or"))
        {
            left = new Expression.Binary("or", left, ParseAnd());
        }

        return left;
    }

    private Expression ParseAnd()
    {
        var left = ParseNot();
        while (stream.TryName("and"))
        {
            left = new Expression.Binary("and", left, ParseNot());
        }

        return left;
    }

    private Expression ParseNot()
    {
        Enter();
        Expression expression = stream.TryName("not") ? new Expression.Unary("not", ParseNot()) : ParseCompare();
        _depth--;
        return expression;
    }

    private Expression ParseCompare()
    {
        var first = ParseBinary(0);
        var rest = new List<(string, Expression)>();
        while (TryComparison() is { } comparison)
        {
            rest.Add((comparison, ParseBinary(0)));
        }

        return rest.Count == 0 ? first : new Expression.Compare(first, rest);
    }

    private string? TryComparison()
    {
        if (stream.Current is { Kind: TokenKind.Operator, Text: "==" or "!=" or "<" or ">" or "<=" or ">=" })
        {
            return stream.Take().Text;
        }

        if (stream.IsName("not") && stream.Ahead is { Kind: TokenKind.Name, Text: "in" })
        {
            stream.Take();
            stream.Take();
            return "not in";
        }

        return stream.TryName("in") ? "in" : null;
    }

    /// <summary>The levels + -, then ~, then * / // %, then **.</summary>
    private Expression ParseBinary(int level)
    {
        if (level == 4)
        {
            return ParseUnary(withFilters: true);
        }

        var left = ParseBinary(level + 1);
        while (stream.Current is { Kind: TokenKind.Operator } && (level, stream.Current.Text) is (0, "+" or "-") or (1, "~") or (2, "*" or "/" or "//" or "%") or (3, "**"))
        {
            left = new Expression.Binary(stream.Take().Text, left, ParseBinary(level + 1));
        }

        return left;
    }

    private Expression ParseUnary(bool withFilters)
    {
        Enter();
        var expression = stream.Current is { Kind: TokenKind.Operator, Text: "-" or "+" }
            ? new Expression.Unary(stream.Take().Text, ParseUnary(withFilters: false))
            : ParsePostfix(ParsePrimary());
        _depth--;
        return withFilters ? ParseFiltersAndTests(ParsePostfix(expression)) : expression;
    }

    private Expression ParseFiltersAndTests(Expression expression)
    {
        while (true)
        {
            if (stream.TryOperator("|"))
            {
                expression = ParseFilter(expression);
            }
            else if (stream.TryName("is"))
            {
                expression = ParseTest(expression);
            }
            else if (stream.IsOperator("("))
            {
                expression = new Expression.Call(expression, ParseArguments());
            }
            else
            {
                return expression;
            }
        }
    }

    private Expression.Test ParseTest(Expression target)
    {
        var negated = stream.TryName("not");
        var name = stream.Name();
        if (stream.IsOperator("("))
        {
            return new(target, name, ParseArguments(), negated);
        }

        var hasArgument = stream.Current.Kind is TokenKind.String or TokenKind.Integer or TokenKind.Float
            || stream.IsOperator("[") || stream.IsOperator("{")
            || (stream.Is(TokenKind.Name) && stream.Current.Text is not ("else" or "or" or "and" or "is" or "if" or "not" or "in" or "recursive"));
        return new(target, name, hasArgument ? new([ParsePostfix(ParsePrimary())], []) : CallArguments.None, negated);
    }

    private Expression ParsePostfix(Expression expression)
    {
        while (true)
        {
            if (stream.TryOperator("."))
            {
                expression = stream.Is(TokenKind.Integer)
                    ? new Expression.Item(expression, new Expression.Literal(Integer(stream.Take())))
                    : new Expression.Attribute(expression, stream.Name());
            }
            else if (stream.TryOperator("["))
            {
                expression = ParseIndex(expression);
            }
            else if (stream.IsOperator("("))
            {
                expression = new Expression.Call(expression, ParseArguments());
            }
            else
            {
                return expression;
            }
        }
    }

    private Expression ParseIndex(Expression target)
    {
        var start = stream.IsOperator(":") ? null : Parse();
        if (stream.TryOperator("]"))
        {
            return new Expression.Item(target, start!);
        }

        stream.Operator(":");
        var stop = stream.IsOperator(":") || stream.IsOperator("]") ? null : Parse();
        var step = stream.TryOperator(":") && !stream.IsOperator("]") ? Parse() : null;
        stream.Operator("]");
        return new Expression.Slice(target, start, stop, step);
    }

    private Expression ParsePrimary()
    {
        var token = stream.Take();
        switch (token.Kind)
        {
            case TokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => new Expression.Literal(true),
                    "false" or "False" => new Expression.Literal(false),
                    "none" or "None" => new Expression.Literal(null),
                    _ => new Expression.Name(token.Text),
                };
            case TokenKind.String:
                var text = token.Text;
                while (stream.Is(TokenKind.String))
                {
                    text += stream.Take().Text;
                }

                return new Expression.Literal(text);
            case TokenKind.Integer:
                return new Expression.Literal(Integer(token));
            case TokenKind.Float:
                return new Expression.Literal(double.Parse(token.Text, CultureInfo.InvariantCulture));
            case TokenKind.Operator when token.Text == "(":
                var inner = stream.IsOperator(")") ? new Expression.ListOf([], IsTuple: true) : ParseTuple();
                stream.Operator(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                return new Expression.ListOf(ParseItems("]"), IsTuple: false);
            case TokenKind.Operator when token.Text == "{":
                return ParseDict();
            default:
                throw JinjaException.At(token.Line, token.Kind == TokenKind.End ? "the template ends inside an expression" : $"'{token.Text}' is no expression");
        }
    }

    private static long Integer(Token token) =>
        long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw JinjaException.At(token.Line, $"the number {token.Text} is too large");

    private List<Expression> ParseItems(string end)
    {
        var items = new List<Expression>();
        while (!stream.TryOperator(end))
        {
            items.Add(Parse());
            if (!stream.TryOperator(",") && !stream.IsOperator(end))
            {
                throw stream.Error($"',' or '{end}' is missing");
            }
        }

        return items;
    }

    private Expression.DictOf ParseDict()
    {
        var items = new List<(Expression, Expression)>();
        while (!stream.TryOperator("}"))
        {
            var key = Parse();
            stream.Operator(":");
            items.Add((key, Parse()));
            if (!stream.TryOperator(",") && !stream.IsOperator("}"))
            {
                throw stream.Error("',' or '}' is missing");
            }
        }

        return new(items);
    }
}
