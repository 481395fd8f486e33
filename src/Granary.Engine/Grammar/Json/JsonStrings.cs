using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Granary.Engine.Grammar.Expressions;
using Granary.Engine.Grammar.Regexes;

namespace Granary.Engine.Grammar.Json;

/// <summary>JSON strings as expressions.</summary>
internal sealed class JsonStrings
{
    private readonly ExpressionBuilder _builder;
    private readonly Expression _quote;
    private readonly Expression _anyCharacter;
    private readonly Expression _anything;

    public JsonStrings(ExpressionBuilder builder)
    {
        _builder = builder;
        _quote = builder.Literal("\"");
        _anyCharacter = AnyCharacter();
        _anything = builder.Repeat(Spell(CodePoints.All), 0);
        Any = new Rule("string") { Body = Quoted(builder.Repeat(_anyCharacter, 0)) };
    }

    /// <summary>Any string.</summary>
    public Rule Any { get; }

    /// <summary>A string of so many characters, in any spelling.</summary>
    public Expression OfLength(int least, int most) => Quoted(_builder.Repeat(_anyCharacter, least, most));

    public Expression Quoted(Expression content) => _builder.Sequence(_quote, content, _quote);

    /// <summary>A string in the one spelling that <see cref="Spell"/> gives it.</summary>
    public Expression Literal(string text) => _builder.Literal(SpellingOf(text));

    /// <summary>The bytes of <see cref="Literal"/>.</summary>
    public static byte[] SpellingOf(string text)
    {
        var spelling = new StringBuilder("\"");
        foreach (Rune rune in text.EnumerateRunes())
        {
            spelling.Append(Escape(rune.Value) ?? rune.ToString());
        }

        return Encoding.UTF8.GetBytes(spelling.Append('"').ToString());
    }

    /// <summary>One character of a set, each in one spelling: as itself where JSON allows it, else escaped as short as it goes.</summary>
    public Expression Spell(CodePoints characters)
    {
        List<int> escaped = [.. Enumerable.Range(0, 0x20).Concat(['"', '\\']).Where(characters.Contains)];
        Expression plain = Utf8Expressions.Characters(_builder, characters.Except(CodePoints.Of(escaped.Select(c => (c, c)))));
        return _builder.Choice([plain, .. escaped.Select(c => _builder.Literal(Escape(c)!))]);
    }

    /// <summary>Any string, spelt by <see cref="Spell"/>, but those given.</summary>
    public Expression Except(IReadOnlyCollection<string> names) => Quoted(
        ExceptFrom([.. names.Select(name => name.EnumerateRunes().Select(rune => rune.Value).ToArray()).OrderBy(name => name, RuneOrder)], 0));

    private static readonly Comparer<int[]> RuneOrder = Comparer<int[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    private Expression ExceptFrom(ReadOnlySpan<int[]> names, int depth)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        List<Expression> branches = [];
        if (names[0].Length > depth)
        {
            branches.Add(_builder.Empty);
        }

        while (names.Length > 0 && names[0].Length == depth)
        {
            names = names[1..];
        }

        List<(int, int)> taken = [];
        while (names.Length > 0)
        {
            int character = names[0][depth];
            int count = 1;
            while (count < names.Length && names[count][depth] == character)
            {
                count++;
            }

            taken.Add((character, character));
            branches.Add(_builder.Sequence(Spell(CodePoints.Of(character)), ExceptFrom(names[..count], depth + 1)));
            names = names[count..];
        }

        branches.Add(_builder.Sequence(Spell(CodePoints.Of(taken).Complement()), _anything));
        return _builder.Choice(branches);
    }

    /// <summary>A character, or any escape that stands for exactly one.</summary>
    private Expression AnyCharacter()
    {
        CodePoints plain = CodePoints.Of((0, 0x1F), ('"', '"'), ('\\', '\\')).Complement();
        Expression hex = _builder.Bytes(ByteSet.Range((byte)'0', (byte)'9') | ByteSet.Range((byte)'A', (byte)'F') | ByteSet.Range((byte)'a', (byte)'f'));
        Expression single = RegexParser.Whole(_builder, @"\\([""\\/bfnrt]|u([0-9A-CEFa-cef][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2}))", Ascii);
        Expression pair = RegexParser.Whole(_builder, @"\\u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f]", Ascii);
        return _builder.Choice(Utf8Expressions.Characters(_builder, plain), single, _builder.Sequence(pair, hex, hex));

        Expression Ascii(CodePoints characters) => Utf8Expressions.Characters(_builder, characters);
    }

    private static string? Escape(int character) => character switch
    {
        '"' => "\\\"",
        '\\' => @"\\",
        '\b' => @"\b",
        '\f' => @"\f",
        '\n' => @"\n",
        '\r' => @"\r",
        '\t' => @"\t",
        < 0x20 => @"\u" + character.ToString("x4", CultureInfo.InvariantCulture),
        _ => null,
    };
}
