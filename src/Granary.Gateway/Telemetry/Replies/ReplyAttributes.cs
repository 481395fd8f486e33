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
        JsonSerializer.Serialize(messages.Select(message => new { role = message.Role.ToString().ToLowerInvariant(), parts = Parts(message) }));

    /// <summary>What was answered, as JSON; only where the operator wants it.</summary>
    public static string OutputMessages(IEnumerable<(string Text, IReadOnlyList<ToolCall> Calls, string? Reason)> outputs) =>
        JsonSerializer.Serialize(outputs.Select(output => new { role = "assistant", parts = Parts(output.Text, output.Calls), finish_reason = output.Reason }));

    /// <summary>Which functions the model may call, as JSON; only where the operator wants it.</summary>
    public static string ToolDefinitions(IEnumerable<ToolDefinition> tools) =>
        JsonSerializer.Serialize(tools.Select(tool => new { type = "function", name = tool.Name, description = tool.Description, parameters = Json(tool.Parameters) }));

    public static string Name(FinishReason reason) => reason == FinishReason.ToolCalls ? "tool_calls" : reason.ToString().ToLowerInvariant();

    private static object[] Parts(ChatMessage message) => message.ToolCallId is { } call
        ? [new { type = "tool_call_response", id = call, response = message.Content }]
        : Parts(message.Content, message.ToolCalls ?? []);

    private static object[] Parts(string text, IReadOnlyList<ToolCall> calls)
    {
        object[] texts = text.Length > 0 || calls.Count == 0 ? [new { type = "text", content = text }] : [];
        return [.. texts, .. calls.Select(call => new { type = "tool_call", id = call.Id, name = call.Name, arguments = Json(call.Arguments) })];
    }

    // Models write arguments, and may write them wrong; then they are text.
    private static object Json(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
