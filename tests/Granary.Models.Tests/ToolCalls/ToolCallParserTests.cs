using System.Text;
using Granary.Models.ToolCalls;

namespace Granary.Models.Tests.ToolCalls;

/// <summary>What models write, in every cut into two pieces and character by character: what comes out must not depend on the pieces.</summary>
public sealed class ToolCallParserTests
{
    private static readonly ToolUse Tools = new()
    {
        Definitions =
        [
            new("get_weather", "Tells the weather.", """{"type":"object","properties":{"city":{"type":"string"}}}"""),
            new("now", null, """{"type":"object","properties":{}}"""),
        ],
    };

    /// <summary>Format, output, content, and the calls as NAME ARGUMENTS.</summary>
    public static TheoryData<string, string, string, string[]> Outputs => new()
    {
        { "hermes", "Just text, 1 < 2 and <b>bold</b>.\n", "Just text, 1 < 2 and <b>bold</b>.\n", [] },
        { "hermes", "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>", "", ["now {}"] },
        { "hermes", "Let me see.\n\n<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Zürich\"}}\n</tool_call>", "Let me see.", ["get_weather {\"city\": \"Zürich\"}"] },
        {
            "hermes", "<tool_call>{\"name\":\"now\",\"arguments\":{}}</tool_call>\n<tool_call>\n{\"arguments\": {\"city\": \"</tool_call> \\\" { \"}, \"name\": \"get_weather\"}\n</tool_call>\n",
            "", ["now {}", "get_weather {\"city\": \"</tool_call> \\\" { \"}"]
        },
        { "hermes", "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}", "", ["now {}"] },
        { "hermes", "<tool_call>\n{\"name\": \"now\"}\n</tool_call>", "", ["now {}"] },
        { "hermes", "a <tool_call>\n{\"name\": \"now\", \"arg", "a <tool_call>\n{\"name\": \"now\", \"arg", [] },
        { "hermes", "a\n<tool_call>\nnow()\n</tool_call> b", "a\n<tool_call>\nnow()\n</tool_call> b", [] },
        { "hermes", "<tool_call>{\"name\": \"rm\", \"arguments\": {}}</tool_call>", "<tool_call>{\"name\": \"rm\", \"arguments\": {}}</tool_call>", [] },
        { "hermes", "<tool_call>{\"name\": \"now\", \"arguments\": [1]}</tool_call>", "<tool_call>{\"name\": \"now\", \"arguments\": [1]}</tool_call>", [] },
        { "hermes", "<tool_call>{\"name\": \"now\" \"arguments\": {}}</tool_call>", "<tool_call>{\"name\": \"now\" \"arguments\": {}}</tool_call>", [] },
        { "hermes", "<tool_call>{\"name\": \"now\", \"arguments\": {\"a\": \"\\ud800\"}}</tool_call>", "<tool_call>{\"name\": \"now\", \"arguments\": {\"a\": \"\\ud800\"}}</tool_call>", [] },
        { "hermes", "<tool_call>{\"n\\ud800\": \"now\", \"name\": \"\\udc00\"}</tool_call>", "<tool_call>{\"n\\ud800\": \"now\", \"name\": \"\\udc00\"}</tool_call>", [] },
        { "hermes", "<tool_call><tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>", "<tool_call>", ["now {}"] },
        { "hermes", "<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call> Done.", " Done.", ["now {}"] },
        { "hermes", "ends with <tool_", "ends with <tool_", [] },
        { "mistral", "[TOOL_CALLS] [{\"name\": \"now\", \"arguments\": {}}, {\"name\": \"get_weather\", \"arguments\": {\"city\": \"]\"}}]", "", ["now {}", "get_weather {\"city\": \"]\"}"] },
        { "mistral", "Well [TOOL_CALLS][{\"name\": \"now\", \"arguments\": {}}]", "Well", ["now {}"] },
        { "mistral", "[TOOL_CALLS][{\"name\": \"now\", \"arguments\": {}}, {\"name\": \"rm\"}]", "[TOOL_CALLS][{\"name\": \"now\", \"arguments\": {}}, {\"name\": \"rm\"}]", [] },
        { "mistral", "[TOOL_CALLS][]", "[TOOL_CALLS][]", [] },
        { "mistral", "A list: [1, 2] and [TOOL", "A list: [1, 2] and [TOOL", [] },
        { "llama3_json", "{\"name\": \"get_weather\", \"parameters\": {\"city\": \"{;\"}}", "", ["get_weather {\"city\": \"{;\"}"] },
        { "llama3_json", "<|python_tag|>{\"name\": \"now\", \"parameters\": {}}; {\"name\": \"now\", \"arguments\": {}}\n", "", ["now {}", "now {}"] },
        { "llama3_json", "{\"answer\": 42}", "{\"answer\": 42}", [] },
        { "llama3_json", "The set {\"name\": \"now\", \"parameters\": {}}", "The set {\"name\": \"now\", \"parameters\": {}}", [] },
        { "llama3_json", "{\"name\": \"now\", \"parameters\": {}} and so on", " and so on", ["now {}"] },
        { "llama3_json", "{\"name\": \"now\", \"para", "{\"name\": \"now\", \"para", [] },
        { "llama3_json", "<|python_tag|>print(1)", "<|python_tag|>print(1)", [] },
        { "llama3_json", "  ", "  ", [] },
    };

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Append_any_cutting_gives_content_and_calls(string format, string output, string content, string[] calls)
    {
        for (var cut = 0; cut <= output.Length; cut++)
        {
            Check([output[..cut], output[cut..]]);
        }

        Check(output.Select(c => c.ToString()));

        void Check(IEnumerable<string> pieces)
        {
            var (text, read) = Run(Format(format).CreateParser(Tools), pieces);
            Assert.Equal(content, text);
            Assert.Equal(calls, read.Select(call => $"{call.Name} {call.Arguments}"));
            Assert.All(read, call => Assert.Matches("^[a-zA-Z0-9]{9}$", call.Id));
            Assert.Equal(read.Count, read.Select(call => call.Id).Distinct().Count());
        }
    }

    [Theory]
    [InlineData("hermes")]
    [InlineData("mistral")]
    [InlineData("llama3_json")]
    public void Append_random_text_of_syntax_gives_the_same_however_it_is_cut(string format)
    {
        string[] parts =
        [
            "<tool_call>", "</tool_call>", "[TOOL_CALLS]", "<|python_tag|>", "{\"name\": \"now\", \"arguments\": {}}", "{\"name\": \"rm\"}", "[", "]", "{", "}", ";", ",", "\"",
            "\\", " ", "\n", "word", "<", "é",
        ];
        var random = new Random(7);
        for (var round = 0; round < 3000; round++)
        {
            var output = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => parts[random.Next(parts.Length)]));
            var (content, calls) = Run(Format(format).CreateParser(Tools), [output]);
            var cut = random.Next(output.Length + 1);
            var (otherContent, otherCalls) = Run(Format(format).CreateParser(Tools), [output[..cut], output[cut..]]);
            var (eachContent, eachCalls) = Run(Format(format).CreateParser(Tools), output.Select(c => c.ToString()));
            Assert.Equal((content, calls.Count), (otherContent, otherCalls.Count));
            Assert.Equal((content, calls.Count), (eachContent, eachCalls.Count));
            if (calls.Count == 0)
            {
                Assert.Equal(output, content);
            }
        }
    }

    [Theory]
    [InlineData("hermes", "{\"name\": \"now\", \"arguments\": {}}")]
    [InlineData("mistral", "[{\"name\": \"now\", \"arguments\": {}}]")]
    [InlineData("llama3_json", "{\"name\": \"now\", \"parameters\": {}}")]
    public void Append_required_call_begins_behind_the_mark(string format, string output)
    {
        var (text, read) = Run(Format(format).CreateParser(Tools with { IsRequired = true }), output.Select(c => c.ToString()));

        Assert.Empty(text);
        Assert.Equal("now", read.Single().Name);
    }

    /// <summary>Format, output, content, whether the last call ends, and the calls as NAME ARGUMENTS; of what the schema allows, and of what is cut off or none of it.</summary>
    public static TheoryData<string, string, string, bool, string[]> RequiredOutputs => new()
    {
        { "hermes", "{\"name\": \"now\", \"arguments\": {}}", "", true, ["now {}"] },
        { "hermes", "{\"name\":\"get_weather\",\"arguments\":{\"city\": \"} \\\" ]\", \"in\": [{}, \"é😀\"]}}", "", true, ["get_weather {\"city\": \"} \\\" ]\", \"in\": [{}, \"é😀\"]}"] },
        { "mistral", "[{\"name\": \"now\", \"arguments\": {}}, {\"name\": \"get_weather\", \"arguments\": {\"city\": \"]\"}}]", "", true, ["now {}", "get_weather {\"city\": \"]\"}"] },
        { "llama3_json", "{\"name\": \"now\", \"parameters\": {\"a\": 1}}", "", true, ["now {\"a\": 1}"] },
        { "hermes", "{\"name\": \"now\", \"arguments\": {\"a\": \"b", "", false, ["now {\"a\": \"b"] },
        { "hermes", "{\"name\": \"now\"", "", false, ["now "] },
        { "mistral", "[{\"name\": \"now\", \"arguments\": {}}, {\"name\": \"get_wea", "", true, ["now {}"] },
        { "hermes", "{\"name\": \"no", "{\"name\": \"no", false, [] },
        { "hermes", "{\"name\": \"rm\", \"arguments\": {}}", "{\"name\": \"rm\", \"arguments\": {}}", false, [] },
        { "hermes", "{\"arguments\": {}, \"name\": \"now\"}", "", true, ["now {}"] },
        { "hermes", "I would rather <tool_call>{\"name\": \"now\", \"arguments\": {}}", "I would rather", true, ["now {}"] },
        { "hermes", "{\"name\": \"now\", \"arguments\": {}} or so", "or so", true, ["now {}"] },
    };

    [Theory]
    [MemberData(nameof(RequiredOutputs))]
    public void Append_required_call_in_pieces_gives_the_same_however_it_is_cut(string format, string output, string content, bool isComplete, string[] calls)
    {
        for (var cut = 0; cut <= output.Length; cut++)
        {
            Check([output[..cut], output[cut..]]);
        }

        Check(output.Select(c => c.ToString()));

        void Check(IEnumerable<string> pieces)
        {
            var (text, read) = Run(Format(format).CreateParser(Tools with { IsRequired = true, InPieces = true }), pieces, out var completed);
            Assert.Equal(content, text);
            Assert.Equal(calls, Together(read).Select(call => $"{call.Name} {call.Arguments}"));
            Assert.All(Together(read), call => Assert.Matches("^[a-zA-Z0-9]{9}$", call.Id));
            Assert.Equal(calls.Length - (isComplete || calls.Length == 0 ? 0 : 1), completed);
        }
    }

    [Fact]
    public void Append_required_call_comes_while_it_is_written()
    {
        var parser = Format("mistral").CreateParser(Tools with { IsRequired = true, InPieces = true });

        Assert.Empty(parser.Append("[{\"name\": \"no").Calls);
        Assert.Equal(("now", ""), NameAndArguments(Assert.Single(parser.Append("w\"").Calls)));
        Assert.Empty(parser.Append(", \"arguments\": ").Calls);
        Assert.Equal(("", "{\"a\""), NameAndArguments(Assert.Single(parser.Append("{\"a\"").Calls)));
        var next = parser.Append(": 1}}, {\"name\": \"now\", \"arguments\": {\"b\"").Calls;
        Assert.Equal([("", ": 1}"), ("now", "{\"b\"")], next.Select(NameAndArguments)); // one entry for each call
        Assert.Empty(next[0].Id);
        Assert.NotEmpty(next[1].Id);

        static (string, string) NameAndArguments(ToolCall call) => (call.Name, call.Arguments);
    }

    [Theory]
    [InlineData("hermes", "{\"name\": \"now\", \"arguments\": {\"a\": 1}}")]
    [InlineData("mistral", "[{\"name\": \"now\", \"arguments\": {\"a\": 1}}]")]
    public void Append_required_call_for_who_cannot_put_pieces_together_comes_whole(string format, string output)
    {
        var (_, read) = Run(Format(format).CreateParser(Tools with { IsRequired = true }), output.Select(c => c.ToString()));

        Assert.Equal("{\"a\": 1}", read.Single().Arguments);
    }

    [Theory]
    [InlineData("hermes", "I would rather not.")]
    [InlineData("mistral", "[1]")]
    public void Append_required_call_that_is_none_is_text_without_the_mark(string format, string output) =>
        Assert.Equal(output, Run(Format(format).CreateParser(Tools with { IsRequired = true }), [output]).Content);

    [Fact]
    public void Append_call_is_handed_out_as_soon_as_it_is_complete()
    {
        var parser = Format("hermes").CreateParser(Tools);
        Assert.Empty(parser.Append("<tool_call>{\"name\":\"now\",\"arguments\":{}").Calls);
        Assert.Single(parser.Append("}").Calls);
    }

    [Fact]
    public void Append_text_that_cannot_be_a_mark_is_not_held_back()
    {
        var parser = Format("hermes").CreateParser(Tools);
        Assert.Equal("a", parser.Append("a <too").Content);
        Assert.Equal(" <took", parser.Append("k").Content);
    }

    [Theory]
    [InlineData("hermes")]
    [InlineData("mistral")]
    [InlineData("llama3_json")]
    public void RequiredSchema_names_only_what_may_be_called(string format)
    {
        var all = Format(format).RequiredSchema(Tools).ToJsonString();
        var one = Format(format).RequiredSchema(Tools with { Only = "now" }).ToJsonString();

        Assert.Contains("get_weather", all, StringComparison.Ordinal);
        Assert.Contains("\"city\"", all, StringComparison.Ordinal);
        Assert.Contains("now", one, StringComparison.Ordinal);
        Assert.DoesNotContain("get_weather", one, StringComparison.Ordinal);
    }

    private static IToolCallFormat Format(string name) => ToolCallFormats.All.Single(format => format.Name == name);

    private static List<ToolCall> Together(IEnumerable<ToolCall> pieces) => pieces.Aggregate(new List<ToolCall>(), (calls, piece) =>
    {
        if (piece.Id.Length > 0)
        {
            calls.Add(piece);
        }
        else
        {
            calls[^1] = calls[^1] with { Arguments = calls[^1].Arguments + piece.Arguments };
        }

        return calls;
    });

    private static (string Content, List<ToolCall> Calls) Run(IToolCallParser parser, IEnumerable<string> pieces) => Run(parser, pieces, out _);

    private static (string Content, List<ToolCall> Calls) Run(IToolCallParser parser, IEnumerable<string> pieces, out int completed)
    {
        var all = 0;
        var content = new StringBuilder();
        var calls = new List<ToolCall>();
        foreach (var piece in pieces)
        {
            Add(parser.Append(piece));
        }

        Add(parser.Flush());
        completed = all;
        return (content.ToString(), calls);

        void Add(ToolCallText part)
        {
            content.Append(part.Content);
            calls.AddRange(part.Calls);
            all += part.Completed;
        }
    }
}
