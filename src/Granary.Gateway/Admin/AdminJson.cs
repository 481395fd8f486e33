using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Gateway.Admin;

/// <summary>JSON of the admin interface: camelCase, enums in kebab-case, absent values left out, unknown ones refused.</summary>
internal static class AdminJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerOptions.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };
}
