using System.Text.Json.Serialization;
using Granary.Models;

namespace Granary.Gateway.OpenAi.Responses;

/// <summary>A call, whole or as a delta; deltas behind a call's first have its index and a piece of its arguments alone.</summary>
internal sealed record ToolCallObject(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id, ToolCallObject.FunctionObject Function)
{
    /// <summary>Its place among the reply's calls; in deltas alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Index { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Type { get; init; } = "function";

    public static ToolCallObject From(ToolCall call) => new(call.Id, new FunctionObject(call.Name, call.Arguments));

    /// <summary>What to call.</summary>
    internal sealed record FunctionObject([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name, string Arguments);
}
