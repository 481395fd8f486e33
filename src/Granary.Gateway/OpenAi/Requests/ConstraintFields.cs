using System.Text.Json;
using Granary.Models;

namespace Granary.Gateway.OpenAi.Requests;

/// <summary>
/// The fields that say what the output must look like: OpenAI's <c>response_format</c>, vLLM's <c>structured_outputs</c> and its older <c>guided_…</c>.
/// </summary>
internal sealed class ConstraintFields
{
    private string? _name;

    /// <summary>What was read, if anything.</summary>
    public OutputConstraint? Constraint { get; private set; }

    /// <summary>Reads a field, if it is one of these.</summary>
    /// <exception cref="Granary.Errors.GranaryException">Its value is of the wrong type, or another field has said something already.</exception>
    public bool TryRead(Field field)
    {
        switch (field.Name)
        {
            case "response_format": Set(field, ReadResponseFormat(field)); break;
            case "structured_outputs":
                foreach (var member in field.Members())
                    Set(member, ReadMember(member, member.Name[(field.Name.Length + 1)..]));
                break;
            case "guided_json" or "guided_regex" or "guided_choice": Set(field, ReadMember(field, field.Name["guided_".Length..])); break;
            default: return false;
        }

        return true;
    }

    /// <summary>Refuses what cannot go with tools.</summary>
    /// <exception cref="Granary.Errors.GranaryException">There is a constraint.</exception>
    public void RefuseBeside(string field)
    {
        if (Constraint is not null)
            throw Field.Contradiction(_name!, $"'{_name}' cannot be combined with '{field}': an output that must look like this cannot be a call.");
    }

    private void Set(Field field, OutputConstraint? constraint)
    {
        if (constraint is null)
            return;
        if (Constraint is not null)
            throw Field.Contradiction(field.Name, $"'{field.Name}' and '{_name}' both say what the output must look like; send one of them.");
        (Constraint, _name) = (constraint, field.Name);
    }

    private static OutputConstraint? ReadResponseFormat(Field format)
    {
        string? type = null;
        OutputConstraint? schema = null;
        foreach (var field in format.Members())
        {
            switch (field.Name)
            {
                case "response_format.type": type = field.Text(); break;
                case "response_format.json_schema": schema = ReadJsonSchema(field); break;
                default: throw field.Unknown();
            }
        }

        return type switch
        {
            "text" when schema is null => null,
            "json_object" when schema is null => new OutputConstraint { Kind = ConstraintKind.JsonObject },
            "json_schema" when schema is not null => schema,
            _ => throw format.Wrong("""{"type": "text"}, {"type": "json_object"} or {"type": "json_schema", "json_schema": {"name": …, "schema": …}}"""),
        };
    }

    /// <summary>Every schema is enforced, whether <c>strict</c> or not.</summary>
    private static OutputConstraint ReadJsonSchema(Field format)
    {
        OutputConstraint? schema = null;
        foreach (var field in format.Members())
        {
            switch (field.Name)
            {
                case "response_format.json_schema.name" or "response_format.json_schema.description": field.Text(); break;
                case "response_format.json_schema.strict": field.Flag(); break;
                case "response_format.json_schema.schema": schema = ReadSchema(field); break;
                default: throw field.Unknown();
            }
        }

        return schema ?? throw format.Wrong("an object with a schema");
    }

    private static OutputConstraint? ReadMember(Field field, string kind) => kind switch
    {
        "json" => ReadSchema(field),
        "regex" => new OutputConstraint { Kind = ConstraintKind.Regex, Text = field.Text() },
        "choice" => new OutputConstraint { Kind = ConstraintKind.Choice, Choices = [.. field.Items().Select(item => item.Text())] },
        "json_object" => field.Flag() ? new OutputConstraint { Kind = ConstraintKind.JsonObject } : null,
        _ => throw field.Unsupported(),
    };

    // vLLM takes a schema as JSON or as a text that holds it.
    private static OutputConstraint ReadSchema(Field field) => new()
    {
        Kind = ConstraintKind.JsonSchema,
        Text = field.Value.ValueKind switch
        {
            JsonValueKind.Object => field.Value.GetRawText(),
            JsonValueKind.String when field.Name is "guided_json" or "structured_outputs.json" => field.Text(),
            _ => throw field.Wrong("a JSON schema"),
        },
    };
}
