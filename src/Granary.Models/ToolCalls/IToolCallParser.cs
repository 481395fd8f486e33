namespace Granary.Models.ToolCalls;

/// <summary>
/// Takes one output apart into content and calls while it is being generated. A call that the model was held to is handed out in pieces as it is written; any other when it is
/// complete: until then nothing of its text is shown, and what turns out to be no call is shown as it was written. Not thread-safe.
/// </summary>
public interface IToolCallParser
{
    /// <summary>Takes text in.</summary>
    /// <returns>What has become certain.</returns>
    ToolCallText Append(string text);

    /// <summary>Ends the output.</summary>
    /// <returns>What was held back.</returns>
    ToolCallText Flush();
}
