using System.Text.Json.Nodes;

namespace Granary.Models.ToolCalls;

/// <summary>Llama 3's: an output that is nothing but <c>{"name": …, "parameters": {…}}</c>, several with semicolons between, perhaps behind <c>&lt;|python_tag|&gt;</c>.</summary>
internal sealed class LlamaJsonFormat : IToolCallFormat
{
    private const string Parameters = "parameters";

    public string Name => "llama3_json";

    public string Marker => LlamaJsonParser.Tag;

    public string RequiredPrefix => "";

    public bool IsUsedBy(string template) =>
        template.Contains("<|start_header_id|>", StringComparison.Ordinal) && template.Contains("\"parameters\":", StringComparison.Ordinal);

    public JsonObject RequiredSchema(ToolUse tools) => CallSchema.Of(tools, Parameters);

    public IToolCallParser CreateParser(ToolUse tools)
    {
        var parser = new LlamaJsonParser(new CallReader(tools, Parameters, "arguments"));
        return tools is { IsRequired: true, InPieces: true } ? new RequiredCallParser(tools, Parameters, isList: false, parser) : parser;
    }
}
