using System.Globalization;
using System.Text.Json;
using Granary.Errors;
using Granary.Serving;

namespace Granary.Gateway.OpenAi.Requests;

/// <summary>A named JSON value whose readers refuse the wrong type or range by that name.</summary>
internal readonly record struct Field(string Name, JsonElement Value)
{
    public bool IsNull => Value.ValueKind == JsonValueKind.Null;

    public string Text() => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : throw Wrong("a string");

    public string Text(int maxLength) => Text() is { } text && text.Length <= maxLength
        ? text
        : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"a string of at most {maxLength} characters"));

    public bool Flag() => Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong("true or false"),
    };

    public long Integer(long min, long max) =>
        Value.ValueKind == JsonValueKind.Number && Value.TryGetInt64(out var number) && number >= min && number <= max
            ? number
            : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"an integer from {min} to {max}"));

    public float Number(float min, float max, bool isMinExcluded = false) =>
        Value.ValueKind == JsonValueKind.Number && Value.TryGetSingle(out var number) && number <= max && (isMinExcluded ? number > min : number >= min)
            ? number
            : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"a number from {min}{(isMinExcluded ? " (excluded)" : "")} to {max}"));

    /// <summary>vLLM's <c>priority</c>, within <see cref="GenerateRequest.MaxPriority"/>.</summary>
    public int Priority() => (int)Integer(-GenerateRequest.MaxPriority, GenerateRequest.MaxPriority);

    /// <summary>The members of a request's body, null ones left out.</summary>
    /// <exception cref="GranaryException">It is no object.</exception>
    public static IEnumerable<Field> Body(JsonElement body) => body.ValueKind == JsonValueKind.Object
        ? new Field("", body).Members()
        : throw new GranaryException(ErrorCode.InvalidRequest, "The body must be a JSON object.");

    /// <summary>The members of an object, null ones left out.</summary>
    public IEnumerable<Field> Members()
    {
        if (Value.ValueKind != JsonValueKind.Object)
            throw Wrong("an object");
        var prefix = Name.Length == 0 ? "" : Name + ".";
        return Value.EnumerateObject().Select(member => new Field(prefix + member.Name, member.Value)).Where(member => !member.IsNull);
    }

    /// <summary>The items of an array.</summary>
    public IEnumerable<Field> Items()
    {
        if (Value.ValueKind != JsonValueKind.Array)
            throw Wrong("an array");
        var name = Name;
        return Value.EnumerateArray().Select((item, index) => new Field(string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]"), item));
    }

    /// <summary>A refusal: the value is not what it must be.</summary>
    public GranaryException Wrong(string wanted) => new(ErrorCode.InvalidRequest, $"'{Name}' must be {wanted}.", Name);

    /// <summary>A refusal: the field is known, but not honoured.</summary>
    public GranaryException Unsupported(string? instead = null) =>
        new(ErrorCode.InvalidRequest, $"'{Name}' is not supported{(instead is null ? "" : " " + instead)}; leave it out.", Name);

    /// <summary>A refusal: there must be such a field.</summary>
    public static GranaryException Missing(string name, string what) => new(ErrorCode.InvalidRequest, $"'{name}' is missing: {what}.", name);

    /// <summary>A refusal: the field does not go with others.</summary>
    public static GranaryException Contradiction(string name, string sentence) => new(ErrorCode.InvalidRequest, sentence, name);

    /// <summary>A refusal: there is no such field.</summary>
    public GranaryException Unknown() => new(ErrorCode.InvalidRequest, $"'{Name}' is not a field of this request; leave it out.", Name);
}
