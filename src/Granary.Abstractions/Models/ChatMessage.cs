namespace Granary.Models;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Content">The text; may be empty beside tool calls.</param>
[GenerateSerializer, Immutable, Alias("granary.message")]
public sealed record ChatMessage([property: Id(0)] ChatRole Role, [property: Id(1)] string Content)
{
    /// <summary>The calls that an assistant's message makes.</summary>
    [Id(2)] public ToolCall[]? ToolCalls { get; init; }

    /// <summary>The call whose result a tool's message is.</summary>
    [Id(3)] public string? ToolCallId { get; init; }
}
