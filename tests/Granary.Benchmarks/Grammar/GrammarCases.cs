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

    private const string Limited = """
        {"type":"object","properties":{"title":{"type":"string","minLength":5,"maxLength":80},"summary":{"type":"string","maxLength":500},"body":{"type":"string","minLength":100,"maxLength":5000},
        "authors":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string","maxLength":40},"site":{"type":"string","maxLength":100}},"required":["name","site"]},"minItems":1,"maxItems":20}},
        "required":["title","summary","body","authors"]}
        """;

    public static IEnumerable<(string Name, OutputConstraint Constraint)> All() =>
    [
        ("flat schema", Schema(Person)),
        ("recursive schema", Schema(Tree)),
        ("string of at most 2,000", Schema("""{"type":"string","minLength":500,"maxLength":2000}""")),
        ("strings of at most 50, a thousand", Schema("""{"type":"array","items":{"type":"string","minLength":1,"maxLength":50},"minItems":1,"maxItems":1000}""")),
        ("object of limited strings", Schema(Limited)),
        ("any JSON object", new() { Kind = ConstraintKind.JsonObject }),
        ("regex", new() { Kind = ConstraintKind.Regex, Text = @"(\w+ ){20,60}(yes|no|[0-9]{1,3}%)\." }),
        ("regex of limits", new() { Kind = ConstraintKind.Regex, Text = "([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.){1,20}[a-z]{2,24}" }),
        ("choice of 1,000", new() { Kind = ConstraintKind.Choice, Choices = [.. Enumerable.Range(0, 1000).Select(i => $"option {i * 7919} of many")] }),
    ];

    private static OutputConstraint Schema(string text) => new() { Kind = ConstraintKind.JsonSchema, Text = text };
}
