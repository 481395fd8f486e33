using System.Text.Json.Nodes;
using Granary.Models.ChatTemplates;
using Granary.Models.Tests.ChatTemplates;
using Granary.Models.Tests.Tokenization;
using Granary.Models.ToolCalls;

namespace Granary.Models.Tests.ToolCalls;

public sealed class ToolCallFormatsTests
{
    private const string Llama = """
        {%- if tools %}{{- '<|start_header_id|>system<|end_header_id|>\n\nAnswer {"name": NAME, "parameters": OBJECT} to call one of these:\n' }}{%- for tool in tools %}{{- tool | tojson }}{%- endfor %}{{- '<|eot_id|>' }}{%- endif %}
        {%- for message in messages %}{{- '<|start_header_id|>' + message.role + '<|end_header_id|>\n\n' + message.content + '<|eot_id|>' }}{%- endfor %}
        """;

    [Theory]
    [InlineData("qwen3", "hermes")]
    [InlineData("llama3_1", null)]
    [InlineData("gemma3", null)]
    [InlineData("deepseek_v3", null)]
    public void Find_real_templates(string model, string? format) =>
        Assert.Equal(format, ToolCallFormats.Find(ChatTemplate.Load(ReferenceTokenizers.Folder(model)))?.Name);

    [Fact]
    public void Find_demo_model_knows_no_tools() =>
        Assert.Null(ToolCallFormats.Find(ChatTemplate.Load(Path.Combine(TestFolders.Repository, "deploy", "models", "granary-chat"))));

    [Theory]
    [InlineData(Llama, "llama3_json")]
    [InlineData("{% if tools %}[AVAILABLE_TOOLS] {{ tools | tojson }}[/AVAILABLE_TOOLS]{% endif %}[INST] x [/INST]{% if messages[0].tool_calls %}[TOOL_CALLS]{% endif %}", "mistral")]
    [InlineData("{{ tools | tojson }}[TOOL_CALLS]name[ARGS]{}", null)]
    [InlineData("{{ tools | tojson }} call them as you like", null)]
    [InlineData("<tool_call> arguments, but no tools", null)]
    [InlineData("{{ tools | tojson }}{{ raise_exception('no tools, please') }}<tool_call> arguments", null)]
    public void Find_template_by_its_marks(string template, string? format)
    {
        using var folder = new TemplateFolder("{}", template);

        Assert.Equal(format, ToolCallFormats.Find(folder.Load())?.Name);
    }

    [Fact]
    public void Render_calls_and_results_equal_the_reference()
    {
        // The same conversation in jinja2: tests/tokenizers/templates-expected.json, "tool-call".
        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(TestFolders.Repository, "tests", "tokenizers", "templates-expected.json")))!["real"]!.AsArray()
            .Single(entry => (string)entry!["model"]! == "qwen3" && (string)entry["name"]! == "tool-call")!;
        var function = expected["variables"]!["tools"]![0]!["function"]!;
        var tool = new ToolDefinition((string)function["name"]!, (string)function["description"]!, function["parameters"]!.ToJsonString());
        ChatMessage[] messages =
        [
            new(ChatRole.User, "Weather?"),
            new(ChatRole.Assistant, "") { ToolCalls = [new("call00001", "get_weather", """{"city":"Paris","days":2}""")] },
            new(ChatRole.Tool, "sunny") { ToolCallId = "call00001" },
            new(ChatRole.User, "Thanks"),
        ];

        Assert.Equal((string)expected["text"]!, ChatTemplate.Load(ReferenceTokenizers.Folder("qwen3")).Render(messages, tools: [TemplateMessage.From(tool)]));
    }

    [Theory]
    [InlineData("hermes", "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Paris\"}}\n</tool_call>")]
    public void Parser_reads_what_the_template_writes(string format, string call)
    {
        var message = new ChatMessage(ChatRole.Assistant, "") { ToolCalls = [new("call00001", "get_weather", """{"city":"Paris"}""")] };
        var written = ChatTemplate.Load(ReferenceTokenizers.Folder("qwen3")).Render([new ChatMessage(ChatRole.User, "Weather?"), message], addGenerationPrompt: false);
        Assert.Contains(call, written, StringComparison.Ordinal);

        var parser = ToolCallFormats.All.Single(known => known.Name == format)
            .CreateParser(new ToolUse { Definitions = [new("get_weather", null, "{}")] });
        Assert.Equal("{\"city\": \"Paris\"}", parser.Append(call).Calls.Single().Arguments);
    }
}
