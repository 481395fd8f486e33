using System.Text.Json;
using Granary.Errors;
using Granary.Models;

namespace Granary.Gateway.OpenAi.Requests;

/// <summary>Reads <c>messages</c>; their order is the shard's to judge.</summary>
internal static class MessageReader
{
    /// <exception cref="GranaryException">A message is malformed, or the prompt is too long.</exception>
    public static ChatMessage[] Read(Field field, GatewayOptions limits)
    {
        var messages = field.Items().Take(limits.MaxMessages + 1).Select(ReadMessage).ToArray();
        if (messages.Length == 0)
            throw field.Wrong("an array of at least one message");
        if (messages.Length > limits.MaxMessages)
            throw new GranaryException(ErrorCode.TooLarge, $"There are more than {limits.MaxMessages} messages.", field.Name);

        var chars = messages.Sum(message => message.Content.Length + (message.ToolCalls?.Sum(call => (long)call.Arguments.Length) ?? 0));
        if (chars > limits.MaxPromptChars)
            throw new GranaryException(ErrorCode.TooLarge, $"The messages have {chars} characters; at most {limits.MaxPromptChars} are taken.", field.Name);
        return messages;
    }

    private static ChatMessage ReadMessage(Field message)
    {
        ChatRole? role = null;
        string? content = null, callId = null;
        ToolCall[] calls = [];
        foreach (var field in message.Members())
        {
            switch (field.Name[(message.Name.Length + 1)..])
            {
                case "role": role = ReadRole(field); break;
                case "content": content = ReadContent(field); break;
                case "tool_calls": calls = [.. field.Items().Select(ToolCallReader.Read)]; break;
                case "tool_call_id": callId = field.Text(); break;
                case "parsed": break; // OpenAI's client leaves its own reading of a reply in
                case "annotations" when field.Value.ValueKind == JsonValueKind.Array && field.Value.GetArrayLength() == 0: break;
                case "name" or "function_call" or "audio" or "refusal" or "annotations": throw field.Unsupported();
                default: throw field.Unknown();
            }
        }

        if (role is null)
            throw Missing(message, "role");
        if (content is null && calls.Length == 0)
            throw Missing(message, "content");
        if (callId is null && role == ChatRole.Tool)
            throw Missing(message, "tool_call_id");
        if (callId is not null && role != ChatRole.Tool)
            throw Field.Contradiction(message.Name + ".tool_call_id", $"'{message.Name}.tool_call_id' belongs to messages of the role tool.");
        if (calls.Length > 0 && role != ChatRole.Assistant)
            throw Field.Contradiction(message.Name + ".tool_calls", $"'{message.Name}.tool_calls' belongs to messages of the role assistant.");
        return new ChatMessage(role.Value, content ?? "") { ToolCalls = calls.Length == 0 ? null : calls, ToolCallId = callId };
    }

    private static GranaryException Missing(Field message, string member) =>
        new(ErrorCode.InvalidRequest, $"'{message.Name}.{member}' is missing.", $"{message.Name}.{member}");

    private static ChatRole ReadRole(Field field) => field.Text() switch
    {
        "system" or "developer" => ChatRole.System,
        "user" => ChatRole.User,
        "assistant" => ChatRole.Assistant,
        "tool" => ChatRole.Tool,
        _ => throw field.Wrong("one of system, developer, user, assistant, tool"),
    };

    private static string ReadContent(Field field) => field.Value.ValueKind switch
    {
        JsonValueKind.String => field.Text(),
        JsonValueKind.Array => string.Concat(field.Items().Select(ReadPart)),
        _ => throw field.Wrong("a string or an array of text parts"),
    };

    private static string ReadPart(Field part)
    {
        string? type = null, text = null;
        foreach (var field in part.Members())
        {
            switch (field.Name[(part.Name.Length + 1)..])
            {
                case "type" when field.Text() != "text":
                    throw new GranaryException(ErrorCode.InvalidRequest, $"'{field.Name}': parts of type '{field.Text()}' are not supported, text alone is.", field.Name);
                case "type": type = field.Text(); break;
                case "text": text = field.Text(); break;
                case "image_url" or "input_audio" or "file" or "refusal": break; // its type refuses it
                default: throw field.Unknown();
            }
        }

        return type is not null && text is not null ? text : throw part.Wrong("a part with type and text");
    }
}
