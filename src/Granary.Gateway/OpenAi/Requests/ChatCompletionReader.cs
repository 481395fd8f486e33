using System.Text.Json;
using Granary.Errors;
using Granary.Models;

namespace Granary.Gateway.OpenAi.Requests;

/// <summary>
/// Reads the body of <c>/v1/chat/completions</c>. Every field is honoured, known to be harmless, or refused by name: a caller must never believe
/// that something was done which was not.
/// </summary>
internal static class ChatCompletionReader
{
    /// <summary>Reads and checks.</summary>
    /// <exception cref="GranaryException">A field is missing, unknown, not honoured or out of range.</exception>
    public static ChatCompletionRequest Read(JsonElement body, GatewayOptions limits)
    {
        string? model = null;
        ChatMessage[]? messages = null;
        var choices = 1;
        var (stream, includeUsage, hasStreamOptions) = (false, false, false);
        var (sampling, constraint, tools) = (new SamplingFields(), new ConstraintFields(), new ToolFields());

        if (body.ValueKind != JsonValueKind.Object)
            throw new GranaryException(ErrorCode.InvalidRequest, "The body must be a JSON object.");
        foreach (var field in new Field("", body).Members())
        {
            switch (field.Name)
            {
                case "model": model = field.Text(); break;
                case "messages": messages = MessageReader.Read(field, limits); break;
                case "n": choices = (int)field.Integer(1, limits.MaxChoices); break;
                case "stream": stream = field.Flag(); break;
                case "stream_options": (includeUsage, hasStreamOptions) = (ReadIncludeUsage(field), true); break;
                default:
                    if (!sampling.TryRead(field) && !constraint.TryRead(field) && !tools.TryRead(field))
                        UnhonouredFields.Check(field);
                    break;
            }
        }

        if (string.IsNullOrEmpty(model))
            throw Missing("model", "the name of a model that GET /v1/models lists");
        if (messages is null)
            throw Missing("messages", "an array of messages");
        if (hasStreamOptions && !stream)
            throw Field.Contradiction("stream_options", "'stream_options' needs 'stream': true.");

        var toolUse = tools.Resolve();
        if (toolUse is not null)
            constraint.RefuseBeside("tools");
        return new(model, messages, sampling.Resolve() with { Constraint = constraint.Constraint }, choices, toolUse, stream, includeUsage);
    }

    private static GranaryException Missing(string name, string what) => new(ErrorCode.InvalidRequest, $"'{name}' is missing: {what}.", name);

    private static bool ReadIncludeUsage(Field options)
    {
        var includeUsage = false;
        foreach (var field in options.Members())
        {
            switch (field.Name)
            {
                case "stream_options.include_usage": includeUsage = field.Flag(); break;
                case "stream_options.include_obfuscation" when !field.Flag(): break;
                case "stream_options.include_obfuscation": throw field.Unsupported();
                default: throw field.Unknown();
            }
        }

        return includeUsage;
    }
}
