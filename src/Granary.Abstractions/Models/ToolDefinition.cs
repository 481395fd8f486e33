namespace Granary.Models;

/// <summary>A function that the model may call.</summary>
/// <param name="Name">Its name: letters, digits, underscores and dashes.</param>
/// <param name="Description">What it does, for the model to read.</param>
/// <param name="Parameters">JSON schema of its arguments, as text: of an object.</param>
[GenerateSerializer, Immutable, Alias("granary.tool")]
public sealed record ToolDefinition([property: Id(0)] string Name, [property: Id(1)] string? Description, [property: Id(2)] string Parameters);
