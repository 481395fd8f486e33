using Granary.Models;

namespace Granary.Benchmarks.Grammar;

/// <summary>Constraints of the kinds that people ask for.</summary>
internal static class GrammarCases
{
    private const string Person = """
        {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":0,"maximum":120},"email":{"type":"string","format":"email"},
        "role":{"enum":["admin","editor","viewer"]},"tags":{"type":"array","items":{"type":"string"}},"address":{"type":"object","properties":{"street":{"type":"string"},
        "zip":{"type":"string","pattern":"^[0-9]{5}$"},"city":{"type":"string"}},"required":["street","zip","city"],"additionalProperties":false}},
        "required":["name","age","email","role","tags","address"],"additionalProperties":false}
        """;

    private const string Tree = """
        {"$defs":{"node":{"type":"object","properties":{"label":{"type":"string"},"children":{"type":"array","items":{"$ref":"#/$defs/node"}}},"required":["label","children"],"additionalProperties":false}},"$ref":"#/$defs/node"}
        """;

    public static IEnumerable<(string Name, OutputConstraint Constraint)> All() =>
    [
        ("flat schema", Schema(Person)),
        ("recursive schema", Schema(Tree)),
        ("string of at most 2,000", Schema("""{"type":"string","minLength":500,"maxLength":2000}""")),
        ("any JSON object", new() { Kind = ConstraintKind.JsonObject }),
        ("regex", new() { Kind = ConstraintKind.Regex, Text = @"(\w+ ){20,60}(yes|no|[0-9]{1,3}%)\." }),
        ("choice of 1,000", new() { Kind = ConstraintKind.Choice, Choices = [.. Enumerable.Range(0, 1000).Select(i => $"option {i * 7919} of many")] }),
    ];

    private static OutputConstraint Schema(string text) => new() { Kind = ConstraintKind.JsonSchema, Text = text };
}
