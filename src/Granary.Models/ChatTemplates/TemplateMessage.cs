using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Unicode;

namespace Granary.Models.ChatTemplates;

/// <summary>Messages and tools as templates expect them: OpenAI's shapes, with a call's arguments as an object instead of a text, where they are one.</summary>
public static class TemplateMessage
{
    /// <summary>A tool as an entry of <c>tools</c>.</summary>
    /// <exception cref="JsonException">The parameters are no JSON.</exception>
    public static JsonObject From(ToolDefinition tool)
    {
        var function = new JsonObject { ["name"] = tool.Name };
        if (tool.Description is not null)
        {
            function["description"] = tool.Description;
        }

        function["parameters"] = JsonNode.Parse(tool.Parameters);
        return new JsonObject { ["type"] = "function", ["function"] = function };
    }

    /// <summary>A message as an entry of <c>messages</c>.</summary>
    internal static JsonNode From(ChatMessage message)
    {
        var entry = new JsonObject { ["role"] = RoleName(message.Role), ["content"] = message.Content };
        if (message.ToolCalls is { Length: > 0 } calls)
        {
            entry["tool_calls"] = new JsonArray([.. calls.Select(From)]);
        }

        if (message.ToolCallId is { } id)
        {
            entry["tool_call_id"] = id;
        }

        return entry;
    }

    private static JsonNode From(ToolCall call) => new JsonObject
    {
        ["id"] = call.Id,
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = Arguments(call.Arguments) },
    };

    // A model's own, which may be cut off: what is no object the template gets as the text that it is.
    private static JsonNode Arguments(string text)
    {
        try
        {
            if (JsonNode.Parse(text) is JsonObject arguments && JsonUnicode.IsValid(text))
            {
                return arguments;
            }
        }
        catch (JsonException)
        {
        }

        return JsonValue.Create(text);
    }

    private static string RoleName(ChatRole role) => role switch
    {
        ChatRole.System => "system",
        ChatRole.User => "user",
        ChatRole.Assistant => "assistant",
        _ => "tool",
    };
}
