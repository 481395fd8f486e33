using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Granary.Engine.Tests.Grammar.Schema;

/// <summary>What JSON Schema 2020-12 says is valid, for the keywords that constraints support; it shares nothing with the engine's compiler.</summary>
internal sealed class SchemaValidator(JsonElement root)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static bool IsValid(string schema, string value)
    {
        using JsonDocument document = JsonDocument.Parse(schema, new JsonDocumentOptions { MaxDepth = 256 });
        using JsonDocument instance = JsonDocument.Parse(value, new JsonDocumentOptions { MaxDepth = 1024 });
        return new SchemaValidator(document.RootElement).Allows(document.RootElement, instance.RootElement);
    }

    private bool Allows(JsonElement schema, JsonElement value)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return schema.GetBoolean();
        }

        return schema.EnumerateObject().All(keyword => Keyword(schema, keyword.Name, keyword.Value, value));
    }

    private bool Keyword(JsonElement schema, string name, JsonElement argument, JsonElement value) => name switch
    {
        "$ref" => Allows(Target(argument.GetString()!), value),
        "allOf" => argument.EnumerateArray().All(branch => Allows(branch, value)),
        "anyOf" => argument.EnumerateArray().Any(branch => Allows(branch, value)),
        "oneOf" => argument.EnumerateArray().Count(branch => Allows(branch, value)) == 1,
        "enum" => argument.EnumerateArray().Any(other => JsonElement.DeepEquals(other, value)),
        "const" => JsonElement.DeepEquals(argument, value),
        "type" => argument.ValueKind is JsonValueKind.Array ? argument.EnumerateArray().Any(one => IsType(one.GetString()!, value)) : IsType(argument.GetString()!, value),
        _ => value.ValueKind switch
        {
            JsonValueKind.Object => ObjectKeyword(schema, name, argument, value),
            JsonValueKind.Array => ArrayKeyword(schema, name, argument, value),
            JsonValueKind.String => StringKeyword(name, argument, value.GetString()!),
            JsonValueKind.Number => NumberKeyword(name, argument, Exactly(value)),
            _ => true,
        },
    };

    private static bool IsType(string type, JsonElement value) => type switch
    {
        "null" => value.ValueKind is JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "object" => value.ValueKind is JsonValueKind.Object,
        "array" => value.ValueKind is JsonValueKind.Array,
        "string" => value.ValueKind is JsonValueKind.String,
        "number" => value.ValueKind is JsonValueKind.Number,
        "integer" => value.ValueKind is JsonValueKind.Number && Exactly(value) == decimal.Floor(Exactly(value)),
        _ => throw new InvalidOperationException(type),
    };

    // Numbers too large for exact arithmetic are beyond every bound that the tests write.
    private static decimal Exactly(JsonElement value) =>
        value.TryGetDecimal(out decimal number) ? number : value.GetDouble() > 0 ? decimal.MaxValue : decimal.MinValue;

    private bool ObjectKeyword(JsonElement schema, string name, JsonElement argument, JsonElement value) => name switch
    {
        "required" => argument.EnumerateArray().All(key => value.TryGetProperty(key.GetString()!, out _)),
        "properties" => value.EnumerateObject().All(member => !argument.TryGetProperty(member.Name, out JsonElement own) || Allows(own, member.Value)),
        "additionalProperties" => value.EnumerateObject().All(member =>
            (schema.TryGetProperty("properties", out JsonElement properties) && properties.TryGetProperty(member.Name, out _)) || Allows(argument, member.Value)),
        _ => true,
    };

    private bool ArrayKeyword(JsonElement schema, string name, JsonElement argument, JsonElement value) => name switch
    {
        "minItems" => value.GetArrayLength() >= argument.GetInt32(),
        "maxItems" => value.GetArrayLength() <= argument.GetInt32(),
        "prefixItems" => argument.EnumerateArray().Zip(value.EnumerateArray()).All(pair => Allows(pair.First, pair.Second)),
        "items" => value.EnumerateArray().Skip(schema.TryGetProperty("prefixItems", out JsonElement prefix) ? prefix.GetArrayLength() : 0).All(item => Allows(argument, item)),
        _ => true,
    };

    private static bool StringKeyword(string name, JsonElement argument, string value) => name switch
    {
        "minLength" => value.EnumerateRunes().Count() >= argument.GetInt32(),
        "maxLength" => value.EnumerateRunes().Count() <= argument.GetInt32(),
        "pattern" => Regex.IsMatch(value, argument.GetString()!, RegexOptions.ECMAScript, Patience),
        "format" => IsFormat(argument.GetString()!, value),
        _ => true,
    };

    private static bool NumberKeyword(string name, JsonElement argument, decimal value) => name switch
    {
        "minimum" => value >= argument.GetDecimal(),
        "maximum" => value <= argument.GetDecimal(),
        "exclusiveMinimum" => value > argument.GetDecimal(),
        "exclusiveMaximum" => value < argument.GetDecimal(),
        _ => true,
    };

    private static bool IsFormat(string format, string value) => format switch
    {
        "date" => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "time" => DateTimeOffset.TryParse("2000-01-02T" + value, CultureInfo.InvariantCulture, out _) || IsFarOffset(value),
        "date-time" => value.Length > 10 && value[10] == 'T' && IsFormat("date", value[..10]) && IsFormat("time", value[11..]),
        "uuid" => Guid.TryParseExact(value, "D", out _),
        "ipv4" => IPAddress.TryParse(value, out IPAddress? v4) && v4.AddressFamily is AddressFamily.InterNetwork && value.Count(c => c == '.') == 3,
        "ipv6" => IPAddress.TryParse(value, out IPAddress? v6) && v6.AddressFamily is AddressFamily.InterNetworkV6,
        "hostname" => Uri.CheckHostName(value) is UriHostNameType.Dns or UriHostNameType.IPv4,
        "email" => System.Net.Mail.MailAddress.TryCreate(value, out System.Net.Mail.MailAddress? mail) && mail.Address == value,
        "uri" => Uri.TryCreate(value, UriKind.Absolute, out _),
        "duration" => Regex.IsMatch(value, "^P[0-9]+W$", RegexOptions.None, Patience) || (Regex.IsMatch(value, "^P[0-9TYMDHS]+$", RegexOptions.None, Patience) && System.Xml.XmlConvert.ToTimeSpan(value) >= TimeSpan.Zero),
        _ => throw new InvalidOperationException(format),
    };

    // RFC 3339 allows offsets up to 23:59, .NET up to 14:00.
    private static bool IsFarOffset(string time) => Regex.IsMatch(time, "[+-](1[4-9]|2[0-3]):[0-5][0-9]$", RegexOptions.ExplicitCapture, Patience) && IsFormat("time", time[..^6] + "Z");

    private JsonElement Target(string reference)
    {
        JsonElement at = root;
        foreach (string step in reference.Split('/').Skip(1))
        {
            at = at.GetProperty(Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
        }

        return at;
    }
}
