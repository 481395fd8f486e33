using System.Text.Json;

namespace Granary.Engine.Grammar.Schema;

/// <summary>Proves that no value meets two schemas at once: by their kinds, by the values that they name, or by a property that both require.</summary>
internal sealed class SchemaDisjointness(SchemaFlattener flattener)
{
    private const int MaxDepth = 4;

    /// <summary>Whether it is proven; <see langword="false"/> says nothing.</summary>
    public bool AreDisjoint(IEnumerable<SchemaPart> a, IEnumerable<SchemaPart> b, int depth = 0)
    {
        FlatSchema first = flattener.Flatten(a);
        FlatSchema second = flattener.Flatten(b);
        if (first.IsNothing || second.IsNothing)
        {
            return true;
        }

        JsonTypes firstTypes = TypesOf(first.Parts, out List<JsonElement>? firstValues);
        JsonTypes secondTypes = TypesOf(second.Parts, out List<JsonElement>? secondValues);
        if ((firstTypes & secondTypes) == JsonTypes.None)
        {
            return true;
        }

        if (firstValues is not null && secondValues is not null)
        {
            return !firstValues.Exists(value => secondValues.Exists(other => JsonElement.DeepEquals(value, other)));
        }

        return depth < MaxDepth && (firstTypes & secondTypes) == JsonTypes.Object && Required(first.Parts).Intersect(Required(second.Parts), StringComparer.Ordinal).Any(
            name => AreDisjoint(PropertyOf(first.Parts, name), PropertyOf(second.Parts, name), depth + 1));
    }

    private static JsonTypes TypesOf(List<SchemaPart> parts, out List<JsonElement>? values)
    {
        values = SchemaValues.Of(parts);
        JsonTypes types = SchemaTypes.Declared(parts);
        return values is null ? types : types & values.Aggregate(JsonTypes.None, (all, value) => all | SchemaTypes.Of(value));
    }

    private static IEnumerable<string> Required(List<SchemaPart> parts) => parts.SelectMany(SchemaObjects.RequiredOf);

    private static IEnumerable<SchemaPart> PropertyOf(List<SchemaPart> parts, string name) =>
        parts.SelectMany(part => SchemaObjects.PropertiesOf(part).Where(property => property.Name == name).Select(property => property.Schema));
}
