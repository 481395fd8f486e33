using Granary.Models.ChatTemplates.Jinja.Runtime;
using Granary.Models.ChatTemplates.Jinja.Values;

namespace Granary.Models.ChatTemplates.Jinja.Library;

/// <summary>What can stand after <c>is</c>.</summary>
internal static class Tests
{
    public static bool Check(string name, object? value, Arguments arguments, Operations operations) => name switch
    {
        "defined" => value is not JinjaUndefined,
        "undefined" => value is JinjaUndefined,
        "none" => value is null,
        "string" => value is string,
        "mapping" => value is JinjaDict,
        "iterable" => value is string or JinjaList or JinjaDict or JinjaUndefined,
        "sequence" => value is string or JinjaList or JinjaDict or JinjaUndefined,
        "number" => value is long or double or bool,
        "integer" => value is long,
        "float" => value is double,
        "boolean" => value is bool,
        "true" => value is true,
        "false" => value is false,
        "callable" => value is JinjaFunction,
        "odd" => Integer(name, value) % 2 != 0,
        "even" => Integer(name, value) % 2 == 0,
        "divisibleby" => Integer(name, operations.Binary("%", value, arguments.Required(0, "num"))) == 0,
        "lower" => operations.Str(value) is var text && text.Any(char.IsLower) && !text.Any(char.IsUpper),
        "upper" => operations.Str(value) is var text && text.Any(char.IsUpper) && !text.Any(char.IsLower),
        "eq" or "equalto" or "==" => operations.Equals(value, arguments.Required(0, "other")),
        "ne" or "!=" => !operations.Equals(value, arguments.Required(0, "other")),
        "lt" or "lessthan" or "<" => operations.Order(value, arguments.Required(0, "other")) < 0,
        "le" or "<=" => operations.Order(value, arguments.Required(0, "other")) <= 0,
        "gt" or "greaterthan" or ">" => operations.Order(value, arguments.Required(0, "other")) > 0,
        "ge" or ">=" => operations.Order(value, arguments.Required(0, "other")) >= 0,
        "in" => operations.Contains(arguments.Required(0, "seq"), value),
        "sameas" => arguments.Required(0, "other") is var other && (ReferenceEquals(value, other) || (value is bool or long or null && Equals(value, other))),
        _ => throw new JinjaException($"there is no test '{name}'"),
    };

    private static long Integer(string name, object? value) =>
        Types.AsLong(value) ?? throw new JinjaException($"test '{name}' needs a whole number, not {Types.NameOf(value)}");
}
