using System.Text.Json;

namespace Granary.Engine.Grammar.Schema;

/// <summary>What is known of the values for which some schemas hold at once. Each fact is found once, however many other schemas it is compared with.</summary>
internal sealed class SchemaFacts
{
    private readonly SchemaFlattener _flattener;
    private readonly FlatSchema _flat;
    private readonly Lazy<ILookup<string, SchemaPart>> _schemas;
    private readonly Dictionary<string, SchemaFacts> _properties = new(StringComparer.Ordinal);

    /// <exception cref="ConstraintException">The schemas are malformed or too large.</exception>
    public SchemaFacts(SchemaFlattener flattener, IEnumerable<SchemaPart> parts)
    {
        _flattener = flattener;
        _flat = flattener.Flatten(parts);
        _schemas = new(() => _flat.Parts.SelectMany(SchemaObjects.PropertiesOf).ToLookup(property => property.Name, property => property.Schema, StringComparer.Ordinal));
        Values = SchemaValues.Of(_flat.Parts);
        Types = SchemaTypes.Declared(_flat.Parts) & (Values?.Aggregate(JsonTypes.None, (all, value) => all | SchemaTypes.Of(value)) ?? ~JsonTypes.None);
        Required = new HashSet<string>(_flat.Parts.SelectMany(SchemaObjects.RequiredOf), StringComparer.Ordinal);
    }

    /// <summary>Whether there are none.</summary>
    public bool IsNothing => _flat.IsNothing;

    /// <summary>The kinds that they may be of.</summary>
    public JsonTypes Types { get; }

    /// <summary>All of them, where the schemas name them.</summary>
    public List<JsonElement>? Values { get; }

    /// <summary>The properties that an object must have.</summary>
    public HashSet<string> Required { get; }

    /// <summary>What is known of a property's values.</summary>
    public SchemaFacts Property(string name)
    {
        if (!_properties.TryGetValue(name, out SchemaFacts? facts))
        {
            _properties[name] = facts = new SchemaFacts(_flattener, _schemas.Value[name]);
        }

        return facts;
    }
}
