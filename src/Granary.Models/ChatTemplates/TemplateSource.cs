using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Errors;
using Granary.Unicode;

namespace Granary.Models.ChatTemplates;

/// <summary>The texts of a model's chat template and the names of its special tokens.</summary>
internal sealed record TemplateSource(string File, string Default, string? ToolUse, IReadOnlyDictionary<string, JsonNode?> Tokens)
{
    private const long MaxFileBytes = 16 << 20;

    public static TemplateSource Read(string folder)
    {
        var configPath = Path.Combine(folder, "tokenizer_config.json");
        var config = ReadConfig(configPath);
        var tokens = ReadTokens(config);
        var separate = Path.Combine(folder, "chat_template.jinja");
        if (System.IO.File.Exists(separate))
        {
            CheckSize(separate);
            return new(separate, System.IO.File.ReadAllText(separate), null, tokens);
        }

        switch (config["chat_template"])
        {
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                return new(configPath, value.GetValue<string>(), null, tokens);
            case JsonArray { Count: > 0 } list:
                var named = Named(list, configPath);
                return new(configPath, named.GetValueOrDefault("default") ?? named.First().Value, named.GetValueOrDefault("tool_use"), tokens);
            case null:
                throw new GranaryException(ErrorCode.InvalidRequest,
                    $"{folder} has no chat template: neither chat_template.jinja nor 'chat_template' in tokenizer_config.json. "
                    + "Base models have none; import an instruction-tuned model, or put a chat_template.jinja beside config.json.");
            default:
                throw new GranaryException(ErrorCode.InvalidRequest, $"{configPath}: 'chat_template' must be a text or a list of objects with name and template.");
        }
    }

    private static JsonObject ReadConfig(string path)
    {
        if (!System.IO.File.Exists(path))
        {
            return [];
        }

        CheckSize(path);
        try
        {
            var json = System.IO.File.ReadAllBytes(path);
            if (!JsonUnicode.IsValid(json))
            {
                throw new GranaryException(ErrorCode.InvalidRequest, $"{path} is no valid JSON: {JsonUnicode.Problem}.");
            }

            return JsonNode.Parse(json, documentOptions: new() { MaxDepth = 64 }) as JsonObject
                ?? throw new GranaryException(ErrorCode.InvalidRequest, $"{path} must hold a JSON object.");
        }
        catch (JsonException e)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"{path} is no valid JSON: {e.Message}", innerException: e);
        }
    }

    private static void CheckSize(string path)
    {
        var bytes = new FileInfo(path).Length;
        if (bytes > MaxFileBytes)
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"{path} has {bytes} bytes; {MaxFileBytes} are allowed.");
        }
    }

    private static Dictionary<string, string> Named(JsonArray list, string path)
    {
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in list)
        {
            if (item is not JsonObject entry || Text(entry["name"]) is not { } name || Text(entry["template"]) is not { } template)
            {
                throw new GranaryException(ErrorCode.InvalidRequest, $"{path}: each entry of 'chat_template' must have name and template.");
            }

            named[name] = template;
        }

        return named;
    }

    private static Dictionary<string, JsonNode?> ReadTokens(JsonObject config)
    {
        var tokens = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var name in (ReadOnlySpan<string>)["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"])
        {
            var text = Text(config[name]) ?? Text((config[name] as JsonObject)?["content"]);
            if (text is not null)
            {
                tokens[name] = text;
            }
        }

        return tokens;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
