using Granary.Models;
using Granary.Serving;

namespace Granary.Gateway.Telemetry.Replies;

/// <summary>What a reply is asked for with.</summary>
internal sealed record ReplyRequest
{
    /// <summary>The reply's id, where it has one.</summary>
    public string? Id { get; init; }

    /// <summary>The model, where the caller names it.</summary>
    public string? Model { get; init; }

    /// <summary>How tokens are chosen, as far as the caller says.</summary>
    public required SamplingParameters Sampling { get; init; }

    /// <summary>GenAI's name of what is done: <c>chat</c> or <c>text_completion</c>.</summary>
    public string Operation { get; init; } = "chat";

    /// <summary>Outputs wanted.</summary>
    public PromptLayout Layout { get; init; } = new(1, 1);

    /// <summary>Whether it comes piece by piece.</summary>
    public required bool IsStreamed { get; init; }

    /// <summary>What was said, as far as the caller says it.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>Functions that the model may call.</summary>
    public IReadOnlyList<ToolDefinition> Tools { get; init; } = [];

    /// <summary>The conversation, if it is one.</summary>
    public string? Conversation { get; init; }
}
