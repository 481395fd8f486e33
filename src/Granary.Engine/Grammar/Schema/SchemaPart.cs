using System.Text.Json;

namespace Granary.Engine.Grammar.Schema;

/// <summary>A schema, or a part of one that must hold beside others.</summary>
/// <param name="Element">An object, or a boolean.</param>
/// <param name="Path">Where it is, as a JSON pointer with <c>#</c> before it.</param>
/// <param name="OwnOnly">Whether its references, and the schemas that it combines, have been looked at already.</param>
internal sealed record SchemaPart(JsonElement Element, string Path, bool OwnOnly = false)
{
    /// <summary>A schema inside.</summary>
    public SchemaPart Child(JsonElement element, params ReadOnlySpan<string> steps)
    {
        string path = Path;
        foreach (string step in steps)
        {
            path += "/" + step.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
        }

        return element.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False
            ? new SchemaPart(element, path)
            : throw ConstraintException.At(path, "a schema must be an object or a boolean");
    }

    /// <summary>A keyword's value.</summary>
    public bool TryGet(string keyword, out JsonElement value)
    {
        value = default;
        return Element.ValueKind is JsonValueKind.Object && Element.TryGetProperty(keyword, out value);
    }

    /// <summary>The number that a keyword counts with, or <paramref name="absent"/>.</summary>
    public int Count(string keyword, int absent)
    {
        if (!TryGet(keyword, out JsonElement value))
        {
            return absent;
        }

        return value.ValueKind is JsonValueKind.Number && value.TryGetDecimal(out decimal count) && count >= 0 && count <= GrammarLimits.MaxRepeat && count == decimal.Floor(count)
            ? (int)count
            : throw Error(keyword, $"must be a whole number from 0 to {GrammarLimits.MaxRepeat}");
    }

    public ConstraintException Error(string keyword, string problem) => ConstraintException.At(Path, $"'{keyword}' {problem}");
}
