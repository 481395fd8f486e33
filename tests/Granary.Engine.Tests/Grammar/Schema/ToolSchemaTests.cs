using Granary.Engine.Grammar;
using Granary.Errors;
using Granary.Models;
using Granary.Models.ToolCalls;

namespace Granary.Engine.Tests.Grammar.Schema;

/// <summary>The schema that a call must follow, compiled: functions' own schemas keep their meaning inside it.</summary>
public sealed class ToolSchemaTests
{
    private static readonly ToolDefinition Place = new("find", null,
        """
        {"$defs":{"point":{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":2},"const":{"$ref":"#/$defs/point"}},"type":"object",
         "properties":{"at":{"$ref":"#/$defs/point"},"to":{"$ref":"#/$defs/const"},"$ref":{"const":{"$ref":"#/$defs/point"}}},"required":["at"]}
        """);

    private static readonly ToolDefinition Tree = new("tree", null, """{"type":"object","properties":{"left":{"$ref":"#"},"right":{"anyOf":[{"$ref":"#"},{"type":"null"}]}}}""");

    private static readonly ToolUse Both = new() { Definitions = [Place, Tree], IsRequired = true };

    [Theory]
    [InlineData("find", """{"at": [1, 2]}""", true)]
    [InlineData("find", """{"at": [1, 2], "to": [3, 4]}""", true)]
    [InlineData("find", """{"at": [1, 2], "$ref": {"$ref":"#/$defs/point"}}""", true)]
    [InlineData("find", """{"at": [1]}""", false)]
    [InlineData("find", """{"at": [1, 2], "to": [3]}""", false)]
    [InlineData("tree", """{"left": {"left": {}, "right": null}, "right": {}}""", true)]
    [InlineData("tree", """{"left": []}""", false)]
    [InlineData("tree", """{"at": [1, 2]}""", false)]
    public void References_begin_at_the_functions_own_schema(string name, string arguments, bool expected)
    {
        foreach (ToolUse tools in (ToolUse[])[Both, Both with { Only = name }, Both with { Definitions = [.. Both.Definitions.Where(tool => tool.Name == name)] }])
        {
            Assert.Equal(expected, Start("hermes", tools).Accepts($$"""{"name": "{{name}}", "arguments": {{arguments}}}"""));
            Assert.Equal(expected, Start("llama3_json", tools).Accepts($$"""{"name": "{{name}}", "parameters": {{arguments}}}"""));
            Assert.Equal(expected, Start("mistral", tools).Accepts($$"""[{"name": "{{name}}", "arguments": {{arguments}}}]"""));
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"properties":{"a":{"type":"integer"}}}""")]
    [InlineData("""{"anyOf":[{"required":["a"],"properties":{"a":{}}},{"type":"null"}]}""")]
    public void Arguments_are_an_object_whatever_the_schema_leaves_open(string parameters)
    {
        var tools = new ToolUse { Definitions = [new("f", null, parameters)], IsRequired = true };
        Assert.True(Start("hermes", tools).Accepts("""{"name": "f", "arguments": {"a": 1}}"""));
        Assert.False(Start("hermes", tools).Accepts("""{"name": "f", "arguments": null}"""));
        Assert.False(Start("hermes", tools).Accepts("""{"name": "f", "arguments": 1}"""));
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"contains":1}}}""", "'contains' is not supported (at #/$defs/f/properties/a)")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/x"}}}""", "points to '#/$defs/f/$defs/x', which is not there")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#x"}}}""", "must point into this schema")]
    public void Unusable_schema_is_refused_as_a_tool(string parameters, string problem)
    {
        GranaryException refusal = Assert.Throws<GranaryException>(() => Start("mistral", new ToolUse { Definitions = [new("f", null, parameters)], IsRequired = true }));
        Assert.Equal("tools", refusal.Parameter);
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
    }

    private static TokenConstraint Start(string format, ToolUse tools) => GrammarTexts.Compiler.Start(new OutputConstraint
    {
        Kind = ConstraintKind.JsonSchema,
        Text = ToolCallFormats.All.Single(known => known.Name == format).RequiredSchema(tools).ToJsonString(),
        Field = "tools",
    });
}
