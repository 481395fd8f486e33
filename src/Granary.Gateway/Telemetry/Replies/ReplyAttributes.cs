using System.Diagnostics;
using System.Text.Json;
using Granary.Models;

namespace Granary.Gateway.Telemetry.Replies;

/// <summary>OpenTelemetry's GenAI attributes of a reply's span.</summary>
internal static class ReplyAttributes
{
    public const string Provider = "granary";

    /// <summary>Sets what is known at the beginning; what is <see langword="null"/> is left out.</summary>
    public static void SetRequest(this Activity span, ReplyRequest request)
    {
        var sampling = request.Sampling;
        span.SetTag("gen_ai.operation.name", request.Operation)
            .SetTag("gen_ai.provider.name", Provider)
            .SetTag("gen_ai.request.model", request.Model)
            .SetTag("gen_ai.conversation.id", request.Conversation)
            .SetTag("gen_ai.output.type", sampling.Constraint?.Kind is ConstraintKind.JsonObject or ConstraintKind.JsonSchema ? "json" : "text")
            .SetTag("gen_ai.request.max_tokens", sampling.MaxTokens)
            .SetTag("gen_ai.request.temperature", sampling.Temperature)
            .SetTag("gen_ai.request.top_p", sampling.TopP)
            .SetTag("gen_ai.request.top_k", sampling.TopK)
            .SetTag("gen_ai.request.seed", sampling.Seed)
            .SetTag("gen_ai.request.stop_sequences", sampling.Stop)
            .SetTag("gen_ai.request.frequency_penalty", sampling.FrequencyPenalty)
            .SetTag("gen_ai.request.presence_penalty", sampling.PresencePenalty)
            .SetTag("gen_ai.request.choice.count", request.Layout.PerPrompt == 1 ? null : request.Layout.PerPrompt)
            .SetTag("gen_ai.request.stream", request.IsStreamed);
    }

    /// <summary>What was said, as JSON; only where the operator wants it.</summary>
    public static string InputMessages(IEnumerable<ChatMessage> messages) =>
        JsonSerializer.Serialize(messages.Select(message => new { role = message.Role.ToString().ToLowerInvariant(), parts = Text(message.Content) }));

    /// <summary>What was answered, as JSON; only where the operator wants it.</summary>
    public static string OutputMessages(IEnumerable<(string Text, string? Reason)> outputs) =>
        JsonSerializer.Serialize(outputs.Select(output => new { role = "assistant", parts = Text(output.Text), finish_reason = output.Reason }));

    public static string Name(FinishReason reason) => reason == FinishReason.ToolCalls ? "tool_calls" : reason.ToString().ToLowerInvariant();

    private static object[] Text(string content) => [new { type = "text", content }];
}
