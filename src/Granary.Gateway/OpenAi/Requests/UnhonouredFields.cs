using System.Text.Json;

namespace Granary.Gateway.OpenAi.Requests;

/// <summary>The fields that OpenAI documents and that change nothing here, or would and are refused.</summary>
internal static class UnhonouredFields
{
    /// <exception cref="Granary.Errors.GranaryException">Leaving the field unheeded would mislead the caller.</exception>
    public static void Check(Field field)
    {
        var value = field.Value;
        switch (field.Name)
        {
            // About bookkeeping at OpenAI, not about the reply.
            case "user" or "metadata" or "store" or "safety_identifier" or "prompt_cache_key" or "prompt_cache_retention":
                return;

            // Values that ask for what happens anyway.
            case "n" when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var n) && n == 1:
            case "logprobs" when value.ValueKind == JsonValueKind.False:
            case "logit_bias" when value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any():
            case "tools" or "functions" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0:
            case "tool_choice" or "function_call" when IsText(value, "none") || IsText(value, "auto"):
            case "parallel_tool_calls":
            case "service_tier" when IsText(value, "auto") || IsText(value, "default"):
            case "response_format" when value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out var type) && IsText(type, "text"):
            case "modalities" when value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => IsText(item, "text")):
                return;

            case "n":
                throw field.Unsupported("beyond 1");
            case "response_format":
                throw field.Unsupported("beyond {\"type\": \"text\"}");
            case "modalities":
                throw field.Unsupported("beyond [\"text\"]");
            case "service_tier":
                throw field.Unsupported("beyond \"auto\" and \"default\"");
            case "logprobs" or "top_logprobs" or "logit_bias" or "tools" or "tool_choice" or "functions" or "function_call" or "audio" or "prediction"
                or "reasoning_effort" or "verbosity" or "web_search_options" or "moderation":
                throw field.Unsupported();
            default:
                throw field.Unknown();
        }
    }

    private static bool IsText(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);
}
