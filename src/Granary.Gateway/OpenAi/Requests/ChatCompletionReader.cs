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
    private const int MaxStopStrings = 4;

    /// <summary>Reads and checks.</summary>
    /// <exception cref="GranaryException">A field is missing, unknown, not honoured or out of range.</exception>
    public static ChatCompletionRequest Read(JsonElement body, GatewayOptions limits)
    {
        string? model = null;
        ChatMessage[]? messages = null;
        long? maxTokens = null, maxCompletionTokens = null;
        var (stream, includeUsage, hasStreamOptions) = (false, false, false);
        var sampling = new SamplingParameters();

        if (body.ValueKind != JsonValueKind.Object)
            throw new GranaryException(ErrorCode.InvalidRequest, "The body must be a JSON object.");
        foreach (var field in new Field("", body).Members())
        {
            switch (field.Name)
            {
                case "model": model = field.Text(); break;
                case "messages": messages = MessageReader.Read(field, limits); break;
                case "stream": stream = field.Flag(); break;
                case "stream_options": (includeUsage, hasStreamOptions) = (ReadIncludeUsage(field), true); break;
                case "temperature": sampling = sampling with { Temperature = field.Number(0, 2) }; break;
                case "top_p": sampling = sampling with { TopP = field.Number(0, 1, isMinExcluded: true) }; break;
                case "top_k": sampling = sampling with { TopK = (int)field.Integer(0, int.MaxValue) }; break;
                case "min_p": sampling = sampling with { MinP = field.Number(0, 1) }; break;
                case "repetition_penalty": sampling = sampling with { RepetitionPenalty = field.Number(0, 10, isMinExcluded: true) }; break;
                case "presence_penalty": sampling = sampling with { PresencePenalty = field.Number(-2, 2) }; break;
                case "frequency_penalty": sampling = sampling with { FrequencyPenalty = field.Number(-2, 2) }; break;
                case "seed": sampling = sampling with { Seed = field.Integer(long.MinValue, long.MaxValue) }; break;
                case "stop": sampling = sampling with { Stop = ReadStop(field) }; break;
                case "max_tokens": maxTokens = field.Integer(1, int.MaxValue); break;
                case "max_completion_tokens": maxCompletionTokens = field.Integer(1, int.MaxValue); break;
                default: UnhonouredFields.Check(field); break;
            }
        }

        if (string.IsNullOrEmpty(model))
            throw Missing("model", "the name of a model that GET /v1/models lists");
        if (messages is null)
            throw Missing("messages", "an array of messages");
        if (hasStreamOptions && !stream)
            throw new GranaryException(ErrorCode.InvalidRequest, "'stream_options' needs 'stream': true.", "stream_options");
        if (maxTokens is not null && maxCompletionTokens is not null && maxTokens != maxCompletionTokens)
            throw new GranaryException(ErrorCode.InvalidRequest, "'max_tokens' and 'max_completion_tokens' differ; send one of them.", "max_tokens");

        return new(model, messages, sampling with { MaxTokens = (int?)(maxCompletionTokens ?? maxTokens) }, stream, includeUsage);
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

    private static string[] ReadStop(Field field)
    {
        if (field.Value.ValueKind == JsonValueKind.String)
            return Check(field, [field.Text()]);
        if (field.Value.ValueKind != JsonValueKind.Array)
            throw field.Wrong("a string or an array of strings");
        return Check(field, [.. field.Items().Select(item => item.Text())]);
    }

    private static string[] Check(Field field, string[] stops) =>
        stops.Length > MaxStopStrings || stops.Contains("") ? throw field.Wrong($"at most {MaxStopStrings} strings, none of them empty") : stops;
}
