using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Gateway.Chat;

/// <summary>How conversations are written as JSON, over the hub and the plain WebSocket alike.</summary>
internal static class ChatJson
{
    /// <summary>For those who are given no options of their own.</summary>
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions());

    /// <summary>camelCase, without absent values, enums as text.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        return options;
    }
}
