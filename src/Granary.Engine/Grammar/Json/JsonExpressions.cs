using Granary.Engine.Grammar.Expressions;

namespace Granary.Engine.Grammar.Json;

/// <summary>
/// JSON texts as expressions. They are compact: at most one space after a comma or a colon, none elsewhere, so that a model may write
/// either of the usual styles and never go on with blanks.
/// </summary>
internal sealed class JsonExpressions
{
    public JsonExpressions(ExpressionBuilder builder)
    {
        Builder = builder;
        Strings = new JsonStrings(builder);
        Numbers = new JsonNumbers(builder);
        Expression space = builder.Optional(builder.Literal(" "));
        Comma = builder.Sequence(builder.Literal(","), space);
        Colon = builder.Sequence(builder.Literal(":"), space);
        AnyObject = new Rule("object");
        AnyArray = new Rule("array");
        AnyValue = new Rule("value")
        {
            Body = builder.Choice(
                builder.Call(AnyObject),
                builder.Call(AnyArray),
                builder.Call(Strings.Any),
                builder.Call(Numbers.Any),
                builder.Literal("true"),
                builder.Literal("false"),
                builder.Literal("null")),
        };
        AnyObject.Body = Braces(List(Member(builder.Call(Strings.Any), builder.Call(AnyValue)), 0, Expression.Unbounded));
        AnyArray.Body = Brackets(List(builder.Call(AnyValue), 0, Expression.Unbounded));
    }

    public ExpressionBuilder Builder { get; }

    public JsonStrings Strings { get; }

    public JsonNumbers Numbers { get; }

    public Rule AnyObject { get; }

    public Rule AnyArray { get; }

    public Rule AnyValue { get; }

    public Expression Comma { get; }

    public Expression Colon { get; }

    public Expression Braces(Expression members) => Builder.Sequence(Builder.Literal("{"), members, Builder.Literal("}"));

    public Expression Brackets(Expression items) => Builder.Sequence(Builder.Literal("["), items, Builder.Literal("]"));

    public Expression Member(Expression name, Expression value) => Builder.Sequence(name, Colon, value);

    /// <summary>So many items with commas between them.</summary>
    public Expression List(Expression item, int least, int most)
    {
        if (most <= 0)
        {
            return least > 0 ? Builder.Nothing : Builder.Empty;
        }

        Expression list = Builder.Sequence(item, More(item, Math.Max(least - 1, 0), most == Expression.Unbounded ? most : most - 1));
        return least == 0 ? Builder.Optional(list) : list;
    }

    /// <summary>So many items, each after a comma.</summary>
    public Expression More(Expression item, int least, int most) => Builder.Repeat(Builder.Sequence(Comma, item), least, most);
}
