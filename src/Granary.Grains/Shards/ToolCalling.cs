using Granary.Errors;
using Granary.Models;
using Granary.Models.ToolCalls;
using Granary.Serving;

namespace Granary.Shards;

/// <summary>What tools mean for one request to one model.</summary>
internal sealed class ToolCalling(ToolUse tools, IToolCallFormat format, PromptEncoder prompts)
{
    /// <summary>What the reply is made to begin with.</summary>
    public string ReplyPrefix => tools.IsRequired ? format.RequiredPrefix : "";

    /// <summary>What the reply must look like behind it.</summary>
    public OutputConstraint? Constraint =>
        tools.IsRequired ? new OutputConstraint { Kind = ConstraintKind.JsonSchema, Text = format.RequiredSchema(tools).ToJsonString(), Field = "tools" } : null;

    /// <summary>Whether calls cannot be seen in the text unless it has special tokens.</summary>
    public bool NeedsSpecialTokens => prompts.IsControlToken(format.Marker);

    /// <summary>Most calls of one reply.</summary>
    public int MaxCalls => tools.AllowsSeveral ? int.MaxValue : 1;

    /// <summary>The tools of a request, or <see langword="null"/> where it has none.</summary>
    /// <exception cref="GranaryException"><c>invalid_request</c>: the model's chat template knows no tools, or its format of calls is unknown.</exception>
    public static ToolCalling? Of(LocalModel model, GenerateRequest request)
    {
        var hasCalls = request.Messages?.Any(message => message.ToolCalls is { Length: > 0 } || message.Role == ChatRole.Tool) == true;
        if (request.Tools is null && !hasCalls)
        {
            return null;
        }

        var format = model.ToolCalls.Value ?? throw new GranaryException(
            ErrorCode.InvalidRequest,
            $"The chat template of model '{model.Manifest.Name}' does not tell it of tools, or in none of the formats {string.Join(", ", ToolCallFormats.All.Select(known => known.Name))}. "
            + "Ask a model whose template does, or leave tools and tool messages out.",
            request.Tools is null ? "messages" : "tools");
        return request.Tools is null ? null : new ToolCalling(request.Tools, format, model.Prompts);
    }

    /// <summary>A parser of one output.</summary>
    public IToolCallParser CreateParser() => format.CreateParser(tools);
}
