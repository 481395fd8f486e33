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

    public JsonObject RequiredSchema(ToolUse tools) => CallSchema.Of(tools, Arguments, call => ListOf(call, tools));

    public IToolCallParser CreateParser(ToolUse tools)
    {
        var parser = new MarkedCallParser(Marker, "", new CallReader(tools, Arguments), isBegun: tools.IsRequired);
        return tools is { IsRequired: true, InPieces: true } ? new RequiredCallParser(tools, Arguments, isList: true, parser) : parser;
    }

    private static JsonObject ListOf(JsonObject call, ToolUse tools)
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = call, ["minItems"] = 1 };
        if (!tools.AllowsSeveral || tools.Only is not null)
        {
            list["maxItems"] = 1;
        }

        return list;
    }
}
