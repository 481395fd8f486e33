using System.Text.Json;
using Granary.Engine.Grammar.Expressions;
using Granary.Engine.Grammar.Json;

namespace Granary.Engine.Grammar.Schema;

/// <summary>
/// Objects of a schema as expressions: its properties in the schema's order, then additional ones. A schema that names properties and
/// does not speak of additional ones gets none, as OpenAI's strict mode demands in writing.
/// </summary>
internal sealed class SchemaObjects(JsonExpressions json, Func<IReadOnlyList<SchemaPart>, Expression> compile)
{
    private readonly ExpressionBuilder _builder = json.Builder;

    /// <summary>The properties that a part names.</summary>
    public static IEnumerable<(string Name, SchemaPart Schema)> PropertiesOf(SchemaPart part)
    {
        if (!part.TryGet("properties", out JsonElement properties))
        {
            return [];
        }

        return properties.ValueKind is JsonValueKind.Object
            ? properties.EnumerateObject().Select(property => (property.Name, part.Child(property.Value, "properties", property.Name)))
            : throw part.Error("properties", "must be an object of schemas");
    }

    /// <summary>The properties that a part requires.</summary>
    public static IEnumerable<string> RequiredOf(SchemaPart part)
    {
        if (!part.TryGet("required", out JsonElement required))
        {
            return [];
        }

        return required.ValueKind is JsonValueKind.Array && required.EnumerateArray().All(name => name.ValueKind is JsonValueKind.String)
            ? required.EnumerateArray().Select(name => name.GetString()!)
            : throw part.Error("required", "must be a list of names");
    }

    public Expression Compile(IReadOnlyList<SchemaPart> parts)
    {
        HashSet<string> required = new(parts.SelectMany(RequiredOf), StringComparer.Ordinal);
        Dictionary<string, SchemaPart>[] own = [.. parts.Select(part => PropertiesOf(part).DistinctBy(p => p.Name, StringComparer.Ordinal).ToDictionary(p => p.Name, p => p.Schema, StringComparer.Ordinal))];
        SchemaPart?[] additional = [.. parts.Select(Additional)];
        List<string> names = [.. parts.SelectMany(PropertiesOf).Select(property => property.Name).Concat(parts.SelectMany(RequiredOf)).Distinct(StringComparer.Ordinal)];
        bool isOpen = names.Count == 0 || parts.Any(part => part.TryGet("additionalProperties", out _));
        if (isOpen && names.Count == 0 && !additional.Any(schema => schema is not null))
        {
            return _builder.Call(json.AnyObject);
        }

        Expression others = isOpen ? compile([.. additional.OfType<SchemaPart>()]) : _builder.Nothing;
        List<(Expression Member, bool IsRequired)> members = [];
        foreach (string name in names)
        {
            // Where a part does not name it, what that part says of additional ones holds.
            List<SchemaPart> schemas = [];
            for (int i = 0; i < parts.Count; i++)
            {
                SchemaPart? schema = own[i].GetValueOrDefault(name) ?? additional[i];
                schemas.AddRange(schema is null ? [] : [schema]);
            }

            members.Add((json.Member(json.Strings.Literal(name), compile(schemas)), required.Contains(name)));
        }

        return json.Braces(Members(members, others.IsNothing ? _builder.Nothing : json.Member(Others(names), others)));
    }

    private Expression Others(List<string> names) => names.Count == 0 ? _builder.Call(json.Strings.Any) : json.Strings.Except(names);

    /// <summary>From the last member to the first: what may follow when something came before, and when nothing did.</summary>
    private Expression Members(List<(Expression Member, bool IsRequired)> members, Expression other)
    {
        Expression afterSome = json.More(other, 0, Expression.Unbounded);
        Expression afterNone = json.List(other, 0, Expression.Unbounded);
        for (int i = members.Count - 1; i >= 0; i--)
        {
            (Expression member, bool isRequired) = members[i];
            Expression withComma = _builder.Sequence(json.Comma, member);
            Expression first = _builder.Sequence(member, afterSome);
            afterNone = isRequired ? first : _builder.Choice(first, afterNone);
            afterSome = _builder.Sequence(isRequired ? withComma : _builder.Optional(withComma), afterSome);
        }

        return afterNone;
    }

    private static SchemaPart? Additional(SchemaPart part) =>
        part.TryGet("additionalProperties", out JsonElement schema) ? part.Child(schema, "additionalProperties") : null;
}
