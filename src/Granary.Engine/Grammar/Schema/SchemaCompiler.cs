using System.Runtime.CompilerServices;
using System.Text.Json;
using Granary.Engine.Grammar.Expressions;
using Granary.Engine.Grammar.Json;

namespace Granary.Engine.Grammar.Schema;

/// <summary>
/// JSON schemas (draft 2020-12) as expressions. Every text of the expression is valid for the schema; not every valid text is one of it:
/// properties come in the schema's order, and what the schema does not speak of is left out.
/// </summary>
internal sealed class SchemaCompiler
{
    private readonly JsonExpressions _json;
    private readonly ExpressionBuilder _builder;
    private readonly SchemaDocument _document;
    private readonly SchemaFlattener _flattener;
    private readonly SchemaDisjointness _disjointness;
    private readonly SchemaObjects _objects;
    private readonly SchemaArrays _arrays;
    private readonly SchemaScalars _scalars;
    private readonly Dictionary<string, Rule> _rules = new(StringComparer.Ordinal);
    private int _values;

    private SchemaCompiler(JsonExpressions json, SchemaDocument document)
    {
        (_json, _builder, _document) = (json, json.Builder, document);
        _flattener = new SchemaFlattener(document);
        _disjointness = new SchemaDisjointness(document);
        _objects = new SchemaObjects(json, Value);
        _arrays = new SchemaArrays(json, Value);
        _scalars = new SchemaScalars(json);
    }

    /// <summary>The texts that are valid.</summary>
    /// <exception cref="ConstraintException">The schema is malformed, uses something that is not supported, or is too large.</exception>
    public static Expression Compile(JsonExpressions json, string schema)
    {
        using SchemaDocument document = SchemaDocument.Parse(schema);
        return new SchemaCompiler(json, document).Value([document.Root]);
    }

    /// <summary>Values for which several schemas hold at once. What may come to itself again becomes a rule.</summary>
    private Expression Value(IReadOnlyList<SchemaPart> parts)
    {
        if (++_values > GrammarLimits.MaxSchemaParts)
        {
            throw new ConstraintException($"the schema has more than {GrammarLimits.MaxSchemaParts} parts");
        }

        List<SchemaPart> limiting = [.. parts.Where(part => !SchemaKeywords.IsAnything(part)).DistinctBy(part => part.Path, StringComparer.Ordinal)];
        if (limiting.Count == 0)
        {
            return _builder.Call(_json.AnyValue);
        }

        if (limiting.Count > 1)
        {
            return RuleOf(limiting);
        }

        return SchemaKeywords.IsReference(limiting[0], out JsonElement reference) ? RuleOf([_document.Resolve(limiting[0], reference)]) : Inline(limiting);
    }

    private Expression RuleOf(List<SchemaPart> parts)
    {
        string key = string.Join('\n', parts.Select(part => part.Path).Order(StringComparer.Ordinal));
        if (!_rules.TryGetValue(key, out Rule? rule))
        {
            _rules[key] = rule = new Rule(parts[0].Path);
            rule.Body = Inline(parts);
        }

        return _builder.Call(rule);
    }

    private Expression Inline(IEnumerable<SchemaPart> parts)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        FlatSchema flat = _flattener.Flatten(parts);
        if (flat.IsNothing)
        {
            return _builder.Nothing;
        }

        if (flat.Alternatives.Count == 0)
        {
            return Typed(flat.Parts);
        }

        SchemaAlternatives first = flat.Alternatives[0];
        if (first.IsExclusive)
        {
            _disjointness.Check(flat.Parts, first);
        }

        if (flat.Alternatives.Count == 1 && !flat.Parts.Exists(SchemaKeywords.IsLimiting))
        {
            return _builder.Choice(first.Branches.Select(branch => Value([branch])).ToList());
        }

        // One after the other: each branch joins the rest, other choices wrapped as they are.
        return _builder.Choice(first.Branches.Select(branch => Combined(flat, branch)).ToList());
    }

    private Expression Combined(FlatSchema flat, SchemaPart branch)
    {
        if (flat.Alternatives.Count > 1)
        {
            SchemaAlternatives other = flat.Alternatives[1];
            throw ConstraintException.At(other.Owner.Path, $"'{(other.IsExclusive ? "oneOf" : "anyOf")}' together with another 'anyOf' or 'oneOf' is not supported");
        }

        return Inline([.. flat.Parts, branch]);
    }

    private Expression Typed(List<SchemaPart> parts)
    {
        parts = parts.FindAll(SchemaKeywords.IsLimiting);
        if (parts.Count == 0)
        {
            return _builder.Call(_json.AnyValue);
        }

        JsonTypes types = SchemaTypes.Of(parts);
        if (SchemaValues.Of(parts) is { } values)
        {
            return Values(parts, values.FindAll(value => (SchemaTypes.Of(value) & types) != JsonTypes.None));
        }

        List<Expression> branches = [];
        branches.AddRange(types.HasFlag(JsonTypes.Object) ? [_objects.Compile(parts)] : []);
        branches.AddRange(types.HasFlag(JsonTypes.Array) ? [_arrays.Compile(parts)] : []);
        branches.AddRange(types.HasFlag(JsonTypes.String) ? [_scalars.Strings(parts)] : []);
        branches.AddRange((types & JsonTypes.Number) != JsonTypes.None ? [_scalars.Numbers(parts, isInteger: !types.HasFlag(JsonTypes.Fraction))] : []);
        branches.AddRange(types.HasFlag(JsonTypes.Boolean) ? [_builder.Literal("true"), _builder.Literal("false")] : []);
        branches.AddRange(types.HasFlag(JsonTypes.Null) ? [_builder.Literal("null")] : []);
        return _builder.Choice(branches);
    }

    private Expression Values(List<SchemaPart> parts, List<JsonElement> values)
    {
        JsonTypes types = values.Aggregate(JsonTypes.None, (all, value) => all | SchemaTypes.Of(value));
        foreach (SchemaPart part in parts)
        {
            if (SchemaKeywords.Limiting(part, types) is { } keyword)
            {
                throw part.Error(keyword, "together with 'enum' or 'const' is not supported");
            }
        }

        return LiteralTree.Build(_builder, values.Select(SchemaValues.TextOf));
    }
}
