using System.Text.Json.Nodes;

namespace Granary.Models.ToolCalls;

/// <summary>Hermes' and Qwen's: <c>&lt;tool_call&gt;{"name": …, "arguments": {…}}&lt;/tool_call&gt;</c>, one pair of tags a call.</summary>
internal sealed class HermesFormat : IToolCallFormat
{
    private const string Arguments = "arguments";
    private const string End = "</tool_call>";

    public string Name => "hermes";

    public string Marker => "<tool_call>";

    public string RequiredPrefix => "<tool_call>\n";

    public bool IsUsedBy(string template) => template.Contains(Marker, StringComparison.Ordinal) && template.Contains(Arguments, StringComparison.Ordinal);

    public JsonObject RequiredSchema(ToolUse tools) => CallSchema.Of(tools, Arguments);

    public IToolCallParser CreateParser(ToolUse tools)
    {
        var parser = new MarkedCallParser(Marker, End, new CallReader(tools, Arguments), isBegun: tools.IsRequired);
        return tools is { IsRequired: true, InPieces: true } ? new RequiredCallParser(tools, Arguments, isList: false, parser) : parser;
    }
}
