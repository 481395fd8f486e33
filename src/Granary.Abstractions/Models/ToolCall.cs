namespace Granary.Models;

/// <summary>A function that the model wants called.</summary>
/// <param name="Id">Tells it from others in the conversation; the result's message names it. Empty, as is the name, in a piece of the call before: see <see cref="Serving.TokenFrame.ToolCalls"/>.</param>
/// <param name="Name">The function.</param>
/// <param name="Arguments">A JSON object, as text; of a piece, a part of that text.</param>
[GenerateSerializer, Immutable, Alias("granary.tool.call")]
public sealed record ToolCall([property: Id(0)] string Id, [property: Id(1)] string Name, [property: Id(2)] string Arguments);
