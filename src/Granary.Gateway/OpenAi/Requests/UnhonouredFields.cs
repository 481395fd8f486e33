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
            case "user" or "metadata" or "safety_identifier" or "prompt_cache_key" or "prompt_cache_retention":
                return;

            // Values that ask for what happens anyway.
            case "store" when value.ValueKind == JsonValueKind.False:
            case "functions" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0:
            case "function_call" when IsText(value, "none") || IsText(value, "auto"):
            case "service_tier" when IsText(value, "auto") || IsText(value, "default"):
            case "modalities" when value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => IsText(item, "text")):
                return;

            case "store":
                throw field.Unsupported("beyond false");
            case "modalities":
                throw field.Unsupported("beyond [\"text\"]");
            case "service_tier":
                throw field.Unsupported("beyond \"auto\" and \"default\"");
            case "functions" or "function_call":
                throw field.Unsupported("(it is 'tools' and 'tool_choice' now)");
            case "audio" or "prediction" or "reasoning_effort" or "verbosity" or "web_search_options" or "moderation":
                throw field.Unsupported();
            default:
                throw field.Unknown();
        }
    }

    private static bool IsText(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);
}
