namespace Granary.Gateway.Completions;

/// <summary>How a completion is asked for and written.</summary>
internal enum CompletionKind
{
    /// <summary>OpenAI's chat completions.</summary>
    Chat,

    /// <summary>OpenAI's older completions of plain text.</summary>
    Text,
}
