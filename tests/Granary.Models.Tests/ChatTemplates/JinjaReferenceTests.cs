using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Errors;
using Granary.Models.ChatTemplates;
using Granary.Models.Tests.Tokenization;

namespace Granary.Models.Tests.ChatTemplates;

/// <summary>Against what Python's jinja2 writes; see tests/tokenizers/make-templates-expected.py.</summary>
public sealed class JinjaReferenceTests
{
    private static readonly JsonObject Expected = JsonNode.Parse(
        File.ReadAllText(Path.Combine(TestFolders.Repository, "tests", "tokenizers", "templates-expected.json")))!.AsObject();

    public static TheoryData<int> Snippets() => [.. Enumerable.Range(0, Expected["snippets"]!.AsArray().Count)];

    public static TheoryData<string, string> Real() =>
        [.. Expected["real"]!.AsArray().Select(r => new TheoryDataRow<string, string>((string)r!["model"]!, (string)r["name"]!))];

    [Theory]
    [MemberData(nameof(Snippets))]
    public void Render_snippet_matches_jinja2(int index)
    {
        var snippet = Expected["snippets"]![index]!.AsObject();
        using var folder = new TemplateFolder("{}", (string)snippet["template"]!);
        var data = Expected["data"]!.AsObject();

        Check(snippet, () => folder.Load(new FixedTime()).Render(data["messages"]!.AsArray(), true, null, data.ToDictionary(d => d.Key, d => d.Value)));
    }

    [Theory]
    [MemberData(nameof(Real))]
    public void Render_real_template_matches_jinja2(string model, string name)
    {
        var expected = Expected["real"]!.AsArray().Single(r => (string)r!["model"]! == model && (string)r["name"]! == name)!.AsObject();
        var variables = expected["variables"]!.AsObject();

        Check(expected, () => ChatTemplate.Load(ReferenceTokenizers.Folder(model), new FixedTime()).Render(
            variables["messages"]!.AsArray(),
            (bool?)variables["add_generation_prompt"] ?? true,
            variables["tools"]?.AsArray(),
            variables.Where(v => v.Key is not ("messages" or "tools" or "add_generation_prompt")).ToDictionary(v => v.Key, v => v.Value)));
    }

    private static void Check(JsonObject expected, Func<string> render)
    {
        if (expected["text"] is { } text)
        {
            Assert.Equal((string)text!, render());
            return;
        }

        var error = Assert.Throws<GranaryException>(render);
        if (expected["refused"] is { } message)
        {
            Assert.Contains((string)message!, error.Message, StringComparison.Ordinal);
        }
    }

    private sealed class FixedTime : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2026, 3, 7, 9, 5, 2, TimeSpan.Zero);
    }
}
