using System.Text.Json.Serialization;
using Granary.Models;

namespace Granary.Gateway.OpenAi.Responses;

/// <summary>A call, whole or as a delta.</summary>
internal sealed record ToolCallObject(string Id, ToolCallObject.FunctionObject Function)
{
    /// <summary>Its place among the reply's calls; in deltas alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Index { get; init; }

    public string Type { get; } = "function";

    public static ToolCallObject From(ToolCall call) => new(call.Id, new FunctionObject(call.Name, call.Arguments));

    /// <summary>What to call.</summary>
    internal sealed record FunctionObject(string Name, string Arguments);
}
