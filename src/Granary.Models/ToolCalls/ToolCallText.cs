namespace Granary.Models.ToolCalls;

/// <summary>A part of an output.</summary>
/// <param name="Content">What the model says.</param>
/// <param name="Calls">The calls it makes: each a whole one, or one that begins, or, without id and name, a piece of the arguments of the one before.</param>
public readonly record struct ToolCallText(string Content, ToolCall[] Calls)
{
    /// <summary>How many calls have become complete.</summary>
    public int Completed { get; init; } = Calls.Length;
}
