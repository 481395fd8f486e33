using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Models.ChatTemplates.Jinja.Values;

namespace Granary.Models.ChatTemplates;

/// <summary>JSON as a template sees it.</summary>
internal static class JsonValues
{
    public static object? From(JsonNode? node)
    {
        switch (node)
        {
            case null: return null;
            case JsonArray array: return new JinjaList([.. array.Select(From)]);
            case JsonObject members:
                var dict = new JinjaDict();
                foreach (var (name, value) in members)
                {
                    dict.Set(name, From(value));
                }

                return dict;
            default:
                return node.GetValueKind() switch
                {
                    JsonValueKind.String => node.GetValue<string>(),
                    JsonValueKind.True => true,
                    JsonValueKind.False => false,
                    JsonValueKind.Number => Number(node.ToJsonString()),
                    _ => null,
                };
        }
    }

    private static object Number(string text) =>
        long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var whole) ? (object)whole
            : double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
