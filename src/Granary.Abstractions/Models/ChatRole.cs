namespace Granary.Models;

/// <summary>Who speaks.</summary>
[GenerateSerializer, Alias("granary.role")]
public enum ChatRole
{
    /// <summary>Instructions to the model.</summary>
    System,

    /// <summary>The person.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,

    /// <summary>The result of a tool call.</summary>
    Tool,
}
