namespace Granary.Models.ToolCalls;

/// <summary>A part of an output.</summary>
/// <param name="Content">What the model says.</param>
/// <param name="Calls">The calls it makes.</param>
public readonly record struct ToolCallText(string Content, ToolCall[] Calls);
