using System.Text.Json;
using Granary.Errors;

namespace Granary.Models.Tokenization.Json;

/// <summary>A place in tokenizer.json that can say where it is when something is wrong.</summary>
/// <param name="Element">What is there; undefined where there is nothing.</param>
/// <param name="File">The file.</param>
/// <param name="Path">The names of objects and the numbers in lists that lead to it.</param>
/// <param name="Budget">The file's.</param>
internal readonly record struct TokenizerJson(JsonElement Element, string File, string Path, TokenizerBudget Budget)
{
    public bool IsNull => Element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    public TokenizerJson this[string name] => new(
        Element.ValueKind == JsonValueKind.Object && Element.TryGetProperty(name, out var value) ? value : default,
        File,
        Path.Length == 0 ? name : $"{Path}.{name}",
        Budget);

    public string Type => this["type"].Text();

    public string Text() => Element.ValueKind == JsonValueKind.String ? Element.GetString()! : throw Error("must be a string");

    public string? OptionalText() => IsNull ? null : Text();

    public bool Flag(bool whenMissing) => Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null or JsonValueKind.Undefined => whenMissing,
        _ => throw Error("must be true or false"),
    };

    /// <summary>A number that counts or names something.</summary>
    public int Number(int max) =>
        Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out var value) && value >= 0 && value <= max
            ? value
            : throw Error($"must be a whole number from 0 to {max}");

    public int Number(int max, int whenMissing) => IsNull ? whenMissing : Number(max);

    public IEnumerable<TokenizerJson> Items()
    {
        if (Element.ValueKind != JsonValueKind.Array)
        {
            throw Error("must be a list");
        }

        return Enumerate(this);

        static IEnumerable<TokenizerJson> Enumerate(TokenizerJson list)
        {
            var index = 0;
            foreach (var item in list.Element.EnumerateArray())
            {
                yield return new(item, list.File, $"{list.Path}[{index++}]", list.Budget);
            }
        }
    }

    public GranaryException Error(string what, Exception? inner = null) =>
        new(ErrorCode.InvalidRequest, $"{File}: '{Path}' {what}.", innerException: inner);

    public GranaryException Unknown(string what, string type, string known) =>
        Error($"is a {what} '{type}' that Granary does not know; known are {known}. Use a model with a BPE tokenizer made of these");
}
