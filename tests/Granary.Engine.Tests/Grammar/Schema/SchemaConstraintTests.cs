using System.Globalization;
using System.Text;
using Granary.Engine.Grammar;
using Granary.Errors;

namespace Granary.Engine.Tests.Grammar.Schema;

public sealed class SchemaConstraintTests
{
    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"null"}},"required":["a"]}""", """{"a":1}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"null"}},"required":["a"]}""", """{"a": 1, "b": null}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"null"}},"required":["a"]}""", """{"b":null}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}""", """{"a":  1}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}""", """{"a":1,"c":2}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":true}""", """{"a":1,"c":[{"d":"e"}]}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":true}""", """{"a":1,"a":"x"}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"additionalProperties":true}""", """{"\u0061":"x"}""", false)]
    [InlineData("""{"type":"object","properties":{"ab":{"type":"integer"}},"additionalProperties":{"type":"string"}}""", """{"a":"x","abc":"y","":"z"}""", true)]
    [InlineData("""{"type":"object"}""", """{"x":{"y":[1,2.5e3,true,null,"z"]}}""", true)]
    [InlineData("""{"required":["x"]}""", """{"x":[]}""", true)]
    [InlineData("{}", "[]", true)]
    [InlineData("true", "\"x\"", true)]
    [InlineData("""{"type":["integer","null"]}""", "null", true)]
    [InlineData("""{"type":["integer","null"]}""", "1.5", false)]
    [InlineData("""{"type":"integer"}""", "-0", true)]
    [InlineData("""{"type":"integer"}""", "01", false)]
    [InlineData("""{"type":"string"}""", "\"\\ud83d\\ude00\"", true)]
    [InlineData("""{"type":"string"}""", "\"\\ud83d\"", false)]
    [InlineData("""{"type":"string"}""", "\"a\nb\"", false)]
    [InlineData("""{"type":"string","maxLength":1}""", "\"😀\"", true)]
    [InlineData("""{"type":"string","maxLength":1}""", "\"\\ud83d\\ude00\"", true)]
    [InlineData("""{"type":"string","pattern":"b"}""", "\"abc\"", true)]
    [InlineData("""{"type":"string","pattern":"^b"}""", "\"abc\"", false)]
    [InlineData("""{"type":"string","pattern":"^[\"\\\\]+$"}""", "\"\\\"\\\\\"", true)]
    [InlineData("""{"type":"string","pattern":"^[a-z]+$","maxLength":3,"minLength":2}""", "\"abc\"", true)]
    [InlineData("""{"type":"string","pattern":"^[a-z]+$","maxLength":3,"minLength":2}""", "\"abcd\"", false)]
    [InlineData("""{"enum":[1,"a",{"b":[]}]}""", """{"b":[]}""", true)]
    [InlineData("""{"type":"string","enum":[1,"a"]}""", "1", false)]
    [InlineData("""{"type":"array","prefixItems":[{"const":1},{"const":2}]}""", "[1]", true)]
    [InlineData("""{"type":"array","prefixItems":[{"const":1},{"const":2}]}""", "[1,2,3]", false)]
    [InlineData("""{"type":"array","prefixItems":[{"const":1}],"items":{"const":2},"minItems":3}""", "[1,2,2]", true)]
    [InlineData("""{"type":"array","prefixItems":[{"const":1}],"items":{"const":2},"minItems":3}""", "[1,2]", false)]
    [InlineData("""{"type":"array","items":false}""", "[]", true)]
    [InlineData("""{"allOf":[{"minimum":3},{"maximum":5,"type":"integer"}]}""", "5", true)]
    [InlineData("""{"allOf":[{"minimum":3},{"maximum":5,"type":"integer"}]}""", "6", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"anyOf":[{"required":["a"]},{"properties":{"b":{"const":1}},"required":["b"]}]}""", """{"b":1}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"anyOf":[{"required":["a"]},{"properties":{"b":{"const":1}},"required":["b"]}]}""", "{}", false)]
    [InlineData("""{"oneOf":[{"type":"string"},{"type":"integer"}]}""", "7", true)]
    [InlineData("""{"$defs":{"a/b":{"const":"x"}},"$ref":"#/$defs/a~1b"}""", "\"x\"", true)]
    [InlineData("""{"type":"array","items":{"$ref":"#"}}""", "[[],[[]]]", true)]
    [InlineData("""{"anyOf":[{"type":"array","items":{"$ref":"#"},"minItems":1},{"const":0}]}""", "[[0],0]", true)]
    [InlineData("""{"anyOf":[{"type":"array","items":{"$ref":"#/$defs/never"},"minItems":1},{"const":0}],"$defs":{"never":{"type":"array","items":{"$ref":"#/$defs/never"},"minItems":1}}}""", "[", false)]
    public void Text_is_accepted_or_not(string schema, string text, bool expected) => Assert.Equal(expected, GrammarTexts.Schema(schema).Accepts(text));

    [Theory]
    [InlineData(0, 9)]
    [InlineData(-5, 12)]
    [InlineData(98, 1203)]
    [InlineData(-130, -7)]
    [InlineData(7, 7)]
    public void Integers_within_bounds_and_no_others(int least, int most)
    {
        string schema = $$"""{"type":"integer","minimum":{{least}},"maximum":{{most}}}""";
        IEnumerable<int> written = GrammarTexts.AllOf(() => GrammarTexts.Schema(schema), 5).Select(text => int.Parse(text, CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(least, most - least + 1), written.Order());
    }

    [Theory]
    [InlineData("\"minimum\":-1.25,\"maximum\":2.05")]
    [InlineData("\"exclusiveMinimum\":-1.25,\"exclusiveMaximum\":2")]
    [InlineData("\"exclusiveMinimum\":0,\"maximum\":0.5")]
    [InlineData("\"minimum\":1.999,\"exclusiveMaximum\":3.1")]
    [InlineData("\"exclusiveMaximum\":-0.5,\"minimum\":-11")]
    [InlineData("\"minimum\":1.5")]
    [InlineData("\"exclusiveMaximum\":0")]
    public void Numbers_within_bounds_and_no_others(string bounds)
    {
        string schema = $$"""{"type":"number",{{bounds}}}""";
        for (int thousandths = -12_000; thousandths <= 4_000; thousandths++)
        {
            decimal value = thousandths / 1000m;
            string text = value.ToString(CultureInfo.InvariantCulture);
            Assert.True(SchemaValidator.IsValid(schema, text) == GrammarTexts.Schema(schema).Accepts(text), $"{text} for {schema}");
        }
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","contains":1}}}""", "'contains' is not supported (at #/properties/a)")]
    [InlineData("""{"patternProperties":{}}""", "'patternProperties' is not supported (at #)")]
    [InlineData("""{"uniqueItems":true}""", "'uniqueItems' is not supported")]
    [InlineData("""{"type":"text"}""", "'type' must be null, boolean")]
    [InlineData("""{"type":"string","format":"color"}""", "'format' 'color' is not supported; known are date")]
    [InlineData("""{"type":"string","pattern":"(?=a)"}""", "'pattern' cannot be used: look-ahead")]
    [InlineData("""{"type":"string","pattern":"a|b","maxLength":3}""", "'pattern' together with 'minLength' or 'maxLength'")]
    [InlineData("""{"enum":["a"],"minLength":2}""", "'minLength' together with 'enum'")]
    [InlineData("""{"oneOf":[{"type":"integer"},{"type":"number"}]}""", "branches 0 and 1 of 'oneOf' may both hold")]
    [InlineData("""{"$ref":"other.json"}""", "'$ref' must point into this schema")]
    [InlineData("""{"$ref":"#/$defs/x"}""", "which is not there")]
    [InlineData("""{"$ref":"#"}""", "refers to itself")]
    [InlineData("""{"anyOf":[{"$ref":"#"},{"type":"string"}]}""", "refers to itself")]
    [InlineData("""{"type":"array","items":{"$ref":"#"},"minItems":1}""", "no output can meet it")]
    [InlineData("false", "no output can meet it")]
    [InlineData("""{"type":"integer","minimum":3,"maximum":2}""", "no output can meet it")]
    [InlineData("""{"allOf":[{"type":"string"},{"type":"integer"}]}""", "no output can meet it")]
    [InlineData("""{"minLength":-1,"type":"string"}""", "'minLength' must be a whole number")]
    [InlineData("""{"type":"object","properties":[]}""", "'properties' must be an object")]
    [InlineData("[1]", "a schema must be an object or a boolean (at #)")]
    [InlineData("""{"type":""", "no JSON")]
    public void Unusable_schema_is_refused_with_reason_and_place(string schema, string problem)
    {
        GranaryException refusal = Assert.Throws<GranaryException>(() => GrammarTexts.Schema(schema));
        Assert.Equal(ErrorCode.InvalidRequest, refusal.Code);
        Assert.Equal("response_format", refusal.Parameter);
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A union of messages told apart by their kind, as generators of schemas write it.</summary>
    [Theory]
    [InlineData(60)]
    [InlineData(300)]
    public void OneOf_with_many_branches_is_proven(int count)
    {
        string schema = $$"""{"type":"object","oneOf":[{{string.Join(',', Enumerable.Range(0, count).Select(Branch))}}]}""";

        Assert.True(GrammarTexts.Schema(schema).Accepts($$"""{"kind": "k{{count - 1}}", "n": 7}"""));
        Assert.False(GrammarTexts.Schema(schema).Accepts($$"""{"kind": "k{{count}}", "n": 7}"""));

        static string Branch(int i) => $$$"""{"properties":{"kind":{"const":"k{{{i}}}"},"n":{"type":"integer"}},"required":["n","kind"]}""";
    }

    [Fact]
    public void OneOf_with_too_many_branches_is_refused_as_such()
    {
        string schema = $$"""{"oneOf":[{{string.Join(',', Enumerable.Range(0, 2_000).Select(i => $$"""{"const":{{i}}}"""))}}]}""";
        GranaryException refusal = Assert.Throws<GranaryException>(() => GrammarTexts.Schema(schema));
        Assert.Contains("'oneOf' has too many branches to prove", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Annotations_change_nothing() => Assert.True(GrammarTexts.Schema(
        """{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"x","title":"t","description":"d","default":1,"examples":[1],"$comment":"c","deprecated":true,"type":"integer"}""").Accepts("5"));

    [Fact]
    public void JsonObject_is_any_object_and_nothing_else()
    {
        Assert.True(GrammarTexts.JsonObject().Accepts("""{"a": {"b": [1, -2.5E+3, "x\n\u00e9", true, false, null, {}, []]}, "c": ""}"""));
        Assert.False(GrammarTexts.JsonObject().Accepts("[]"));
        Assert.False(GrammarTexts.JsonObject().Accepts("{} "));
        Assert.False(GrammarTexts.JsonObject().Accepts("""{"a":1,}"""));
    }

    [Fact]
    public void Deep_recursion_goes_on_as_long_as_the_text_does()
    {
        TokenConstraint constraint = GrammarTexts.Schema("""{"type":"array","items":{"$ref":"#"}}""");
        const int Depth = 20_000;
        Assert.True(constraint.TryAccept(Encoding.UTF8.GetBytes(new string('[', Depth) + new string(']', Depth))));
        Assert.True(constraint.IsFinished);
    }
}
