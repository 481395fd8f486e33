namespace Granary.Models;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Content">The text.</param>
[GenerateSerializer, Immutable, Alias("granary.message")]
public sealed record ChatMessage([property: Id(0)] ChatRole Role, [property: Id(1)] string Content);
