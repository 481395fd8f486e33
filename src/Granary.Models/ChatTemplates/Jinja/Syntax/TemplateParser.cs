namespace Granary.Models.ChatTemplates.Jinja.Syntax;

/// <summary>Parses a whole template.</summary>
internal sealed class TemplateParser
{
    private const string Known = "if, for, set, macro, call, filter, with, break, continue, generation, do, raw";
    private const int MaxDepth = 100;
    private readonly TokenStream _stream;
    private readonly ExpressionParser _expressions;
    private int _depth;
    private int _loops;

    private TemplateParser(string source)
    {
        _stream = new(Lexer.Tokenize(source));
        _expressions = new(_stream);
    }

    /// <exception cref="JinjaException">The template is wrong or uses something that chat templates do not.</exception>
    public static IReadOnlyList<Statement> Parse(string source)
    {
        var parser = new TemplateParser(source);
        var body = parser.ParseBody();
        return parser._stream.Is(TokenKind.End) ? body : throw parser._stream.Error($"nothing is open that '{parser._stream.Ahead.Text}' could end");
    }

    /// <summary>Reads up to a tag named one of <paramref name="ends"/>, whose opening stays.</summary>
    private List<Statement> ParseBody(params ReadOnlySpan<string> ends)
    {
        if (++_depth > MaxDepth)
        {
            throw _stream.Error($"blocks are nested deeper than {MaxDepth}");
        }

        var body = new List<Statement>();
        while (!_stream.Is(TokenKind.End))
        {
            var token = _stream.Current;
            switch (token.Kind)
            {
                case TokenKind.Text:
                    _stream.Take();
                    body.Add(new Statement.Text(token.Line, token.Text));
                    continue;
                case TokenKind.OpenOutput:
                    _stream.Take();
                    body.Add(new Statement.Output(token.Line, _expressions.ParseTuple()));
                    _stream.Expect(TokenKind.CloseOutput);
                    continue;
                default:
                    break;
            }

            if (_stream.Ahead.Kind == TokenKind.Name && (ends.Contains(_stream.Ahead.Text) || (ends.IsEmpty && _stream.Ahead.Text.StartsWith("end", StringComparison.Ordinal))))
            {
                break;
            }

            _stream.Take();
            body.Add(ParseTag(token.Line));
        }

        _depth--;
        return body;
    }

    private Statement ParseTag(int line)
    {
        var name = _stream.Name();
        return name switch
        {
            "if" => ParseIf(line),
            "for" => ParseFor(line),
            "set" => ParseSet(line),
            "macro" => ParseMacro(line),
            "call" => ParseCall(line),
            "filter" => ParseFilterBlock(line),
            "with" => ParseWith(line),
            "generation" => new Statement.Block(line, Enclosed("generation", line)),
            "break" or "continue" => ParseLoopControl(name, line),
            "do" => new Statement.Evaluate(line, Closed(_expressions.ParseTuple())),
            _ => throw JinjaException.At(line, $"tag '{name}' is not known here; known are {Known}"),
        };
    }

    private Expression Closed(Expression expression)
    {
        _stream.Expect(TokenKind.CloseTag);
        return expression;
    }

    /// <summary>The rest of an opening tag is over; reads the body and its end tag.</summary>
    private List<Statement> Enclosed(string name, int line)
    {
        _stream.Expect(TokenKind.CloseTag);
        var body = ParseBody("end" + name);
        End(name, line);
        return body;
    }

    private void End(string name, int line)
    {
        if (!_stream.Is(TokenKind.OpenTag))
        {
            throw JinjaException.At(line, $"{{% {name} %}} is not closed by {{% end{name} %}}");
        }

        _stream.Take();
        _stream.Take();
        if (name == "macro" && _stream.Is(TokenKind.Name))
        {
            _stream.Take();
        }

        _stream.Expect(TokenKind.CloseTag);
    }

    private Statement.If ParseIf(int line)
    {
        var branches = new List<(Expression?, IReadOnlyList<Statement>)>();
        Expression? when = _expressions.ParseTuple();
        while (true)
        {
            _stream.Expect(TokenKind.CloseTag);
            var body = when is null ? ParseBody("endif") : ParseBody("elif", "else", "endif");
            branches.Add((when, body));
            if (!_stream.Is(TokenKind.OpenTag) || _stream.Ahead.Text == "endif")
            {
                End("if", line);
                return new(line, branches);
            }

            _stream.Take();
            when = _stream.Name() == "elif" ? _expressions.ParseTuple() : null;
        }
    }

    private Statement.For ParseFor(int line)
    {
        var target = _expressions.ParseTarget(withNamespace: false);
        if (!_stream.TryName("in"))
        {
            throw _stream.Error("'in' is missing");
        }

        var items = _expressions.ParseTuple(withCondition: false);
        var where = _stream.TryName("if") ? _expressions.Parse() : null;
        if (_stream.IsName("recursive"))
        {
            throw _stream.Error("recursive loops are not supported");
        }

        _stream.Expect(TokenKind.CloseTag);
        _loops++;
        var body = ParseBody("else", "endfor");
        _loops--;
        List<Statement> otherwise = [];
        if (_stream.Is(TokenKind.OpenTag) && _stream.Ahead.Text == "else")
        {
            _stream.Take();
            _stream.Take();
            _stream.Expect(TokenKind.CloseTag);
            otherwise = ParseBody("endfor");
        }

        End("for", line);
        return new(line, target, items, where, body, otherwise);
    }

    private Statement ParseSet(int line)
    {
        var target = _expressions.ParseTarget(withNamespace: true);
        if (_stream.TryOperator("="))
        {
            return new Statement.Set(line, target, Closed(_expressions.ParseTuple()));
        }

        var value = _expressions.ParseFilters(new Expression.Name(Statements.BodyVariable));
        return new Statement.SetBlock(line, target, value, Enclosed("set", line));
    }

    private Statement.Macro ParseMacro(int line)
    {
        var name = _stream.Name();
        var parameters = ParseParameters();
        return new(line, name, parameters, MacroBody("macro", line));
    }

    private Statement.CallBlock ParseCall(int line)
    {
        IReadOnlyList<(string, Expression?)> parameters = _stream.IsOperator("(") ? ParseParameters() : [];
        var call = _expressions.Parse() as Expression.Call ?? throw _stream.Error("{% call %} needs a call of a macro");
        return new(line, new(line, "caller", parameters, MacroBody("call", line)), call);
    }

    /// <summary>A macro's body cannot break a loop around the macro.</summary>
    private List<Statement> MacroBody(string name, int line)
    {
        var loops = _loops;
        _loops = 0;
        var body = Enclosed(name, line);
        _loops = loops;
        return body;
    }

    private List<(string Name, Expression? Default)> ParseParameters()
    {
        var parameters = new List<(string, Expression?)>();
        _stream.Operator("(");
        while (!_stream.TryOperator(")"))
        {
            var name = _stream.Name();
            parameters.Add((name, _stream.TryOperator("=") ? _expressions.Parse() : null));
            if (!_stream.TryOperator(",") && !_stream.IsOperator(")"))
            {
                throw _stream.Error("',' or ')' is missing");
            }
        }

        return parameters;
    }

    private Statement.FilterBlock ParseFilterBlock(int line)
    {
        var value = _expressions.ParseFilters(_expressions.ParseFilter(new Expression.Name(Statements.BodyVariable)));
        return new(line, value, Enclosed("filter", line));
    }

    private Statement.With ParseWith(int line)
    {
        var variables = new List<(Expression, Expression)>();
        while (!_stream.Is(TokenKind.CloseTag))
        {
            var target = new Expression.Name(_stream.Name());
            _stream.Operator("=");
            variables.Add((target, _expressions.Parse()));
            if (!_stream.TryOperator(","))
            {
                break;
            }
        }

        return new(line, variables, Enclosed("with", line));
    }

    private Statement ParseLoopControl(string name, int line)
    {
        if (_loops == 0)
        {
            throw JinjaException.At(line, $"{{% {name} %}} is outside of a loop");
        }

        _stream.Expect(TokenKind.CloseTag);
        return name == "break" ? new Statement.Break(line) : new Statement.Continue(line);
    }
}

internal static class Statements
{
    /// <summary>Where the body of a block set or filter block waits for its filters; no name in a template can be this.</summary>
    public const string BodyVariable = "{body}";
}
