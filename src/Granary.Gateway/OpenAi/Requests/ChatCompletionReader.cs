using System.Text.Json;
using Granary.Errors;
using Granary.Models;
using Granary.Serving;

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
        var (choices, priority) = (1, 0);
        var (sampling, constraint, tools, stream) = (new SamplingFields(), new ConstraintFields(), new ToolFields(), new StreamFields());

        foreach (var field in Field.Body(body))
        {
            switch (field.Name)
            {
                case "model": model = field.Text(ServedModel.MaxNameLength); break;
                case "messages": messages = MessageReader.Read(field, limits); break;
                case "n": choices = (int)field.Integer(1, limits.MaxChoices); break;
                case "priority": priority = field.Priority(); break;
                default:
                    if (!sampling.TryRead(field) && !constraint.TryRead(field) && !tools.TryRead(field) && !stream.TryRead(field))
                        UnhonouredFields.Check(field);
                    break;
            }
        }

        if (string.IsNullOrEmpty(model))
            throw Field.Missing("model", "the name of a model that GET /v1/models lists");
        if (messages is null)
            throw Field.Missing("messages", "an array of messages");
        stream.Check();

        var toolUse = tools.Resolve();
        if (toolUse is not null)
            constraint.RefuseBeside("tools");
        return new(model, messages, sampling.Resolve() with { Constraint = constraint.Constraint }, choices, toolUse, stream.Stream, stream.IncludeUsage) { Priority = priority };
    }
}
