using System.Text.Json;
using Granary.Unicode;

namespace Granary.Models.Checkpoints;

/// <summary>An object of a JSON file whose values are read with bounds; every error names the file and the key.</summary>
internal sealed class JsonFile
{
    private const long MaxFileBytes = 64 << 20;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    private readonly JsonElement _object;
    private readonly string _prefix;

    private JsonFile(string path, JsonElement element, string prefix)
    {
        Path = path;
        _object = element;
        _prefix = prefix;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Reads a file that must hold one JSON object without duplicate keys.</summary>
    /// <exception cref="ModelFormatException">The file is missing, too large or no such object.</exception>
    public static JsonFile Read(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new ModelFormatException(path, "the file is missing. Point at a Hugging Face model folder that has it.");
        }

        if (file.Length > MaxFileBytes)
        {
            throw new ModelFormatException(path, $"the file has {file.Length:N0} bytes; at most {MaxFileBytes:N0} are read. Is it the right file?");
        }

        return Parse(path, File.ReadAllBytes(path));
    }

    /// <summary>Reads an object that was taken out of <paramref name="path"/>.</summary>
    public static JsonFile Parse(string path, ReadOnlyMemory<byte> utf8)
    {
        if (!JsonUnicode.IsValid(utf8.Span))
        {
            throw new ModelFormatException(path, $"no valid JSON: {JsonUnicode.Problem}. Mend it or download it again.");
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new ModelFormatException(path, "the file must hold a JSON object. Download it again.");
            }

            return new JsonFile(path, document.RootElement.Clone(), "");
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(path, $"no valid JSON: {e.Message} (NaN, Infinity and duplicate keys are not allowed). Mend it or download it again.", innerException: e);
        }
    }

    public IEnumerable<JsonProperty> Properties => _object.EnumerateObject();

    /// <summary>Whether the key is there and not <c>null</c>.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>Whether the key is there, if only as <c>null</c>.</summary>
    public bool Mentions(string key) => _object.TryGetProperty(key, out _);

    public JsonFile? Object(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new JsonFile(Path, value, $"{_prefix}{key}."),
        _ => throw Wrong(key, "must be an object"),
    };

    public string? String(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw Wrong(key, "must be a string"),
    };

    public bool Bool(string key, bool absent) => Find(key) switch
    {
        null => absent,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Wrong(key, "must be true or false"),
    };

    public int Int(string key, int minimum, int maximum) => OptionalInt(key, minimum, maximum) ?? throw Wrong(key, "is missing");

    public int? OptionalInt(string key, int minimum, int maximum)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= minimum && number <= maximum
            ? (int)number
            : throw Wrong(key, $"is {Shown(value)}; it must be a whole number from {minimum} to {maximum}");
    }

    public double Double(string key, double minimum, double maximum) => OptionalDouble(key, minimum, maximum) ?? throw Wrong(key, "is missing");

    public double? OptionalDouble(string key, double minimum, double maximum)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= minimum && number <= maximum
            ? number
            : throw Wrong(key, FormattableString.Invariant($"is {Shown(value)}; it must be a number from {minimum} to {maximum}"));
    }

    /// <summary>One whole number or a list of them; empty when absent.</summary>
    public IReadOnlyList<int> Ints(string key, int minimum, int maximum)
    {
        if (Find(key) is not { } value)
        {
            return [];
        }

        JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];
        return [.. items.Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var number) && number >= minimum && number <= maximum
            ? number
            : throw Wrong(key, $"holds {Shown(item)}; whole numbers from {minimum} to {maximum} are allowed"))];
    }

    public IReadOnlyList<string>? Strings(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } value when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            => [.. value.EnumerateArray().Select(item => item.GetString()!)],
        _ => throw Wrong(key, "must be a list of strings"),
    };

    /// <summary>An error about a key of this file.</summary>
    public ModelFormatException Wrong(string key, string problem) => new(Path, $"'{_prefix}{key}' {problem}.");

    private static string Shown(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= 60 ? text : text[..60] + "…";
    }

    private JsonElement? Find(string key) =>
        _object.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
