using System.Text.Json.Nodes;

namespace Granary.Models.ToolCalls;

/// <summary>How a family of models writes function calls into its text.</summary>
public interface IToolCallFormat
{
    /// <summary>Its name, for logs and refusals.</summary>
    string Name { get; }

    /// <summary>The text that begins a call: where it is a special token, the tokenizer must not leave it out of the text.</summary>
    string Marker { get; }

    /// <summary>What is written for the model where it must call: behind it, the text that <see cref="RequiredSchema"/> describes follows at once.</summary>
    string RequiredPrefix { get; }

    /// <summary>Whether a chat template tells the model to write calls this way.</summary>
    bool IsUsedBy(string template);

    /// <summary>JSON schema of what follows <see cref="RequiredPrefix"/>: one call, or the format's list of them.</summary>
    JsonObject RequiredSchema(ToolUse tools);

    /// <summary>A parser of one output.</summary>
    /// <param name="tools">The functions that may be called.</param>
    IToolCallParser CreateParser(ToolUse tools);
}
