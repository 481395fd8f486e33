using System.Text.Json.Nodes;

namespace Granary.Models.ToolCalls;

/// <summary>Mistral's: <c>[TOOL_CALLS][{"name": …, "arguments": {…}}, …]</c>, one list of all calls.</summary>
internal sealed class MistralFormat : IToolCallFormat
{
    private const string Arguments = "arguments";

    public string Name => "mistral";

    public string Marker => "[TOOL_CALLS]";

    public string RequiredPrefix => Marker;

    // Newer templates write NAME[ARGS]{…}, which is another format.
    public bool IsUsedBy(string template) => template.Contains(Marker, StringComparison.Ordinal) && !template.Contains("[ARGS]", StringComparison.Ordinal);

    public JsonObject RequiredSchema(ToolUse tools)
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = CallReader.Schema(tools, Arguments), ["minItems"] = 1 };
        if (!tools.AllowsSeveral || tools.Only is not null)
        {
            list["maxItems"] = 1;
        }

        return list;
    }

    public IToolCallParser CreateParser(ToolUse tools) => new MarkedCallParser(Marker, "", new CallReader(tools, Arguments), isBegun: tools.IsRequired);
}
