using System.Globalization;
using System.Text.Json.Nodes;

namespace Granary.Engine.Tests.Grammar.Schema;

/// <summary>Schemas by dice, of every supported keyword; all of them have valid values.</summary>
internal sealed class RandomSchema(Random random)
{
    private static readonly string[] Names = ["id", "name", "tags", "größe", "a/b", "quote\"d", "x y", "tab\t", "名前", "", "nested", "value"];
    private static readonly string[] Patterns = ["^[a-z]{2,5}$", "^(ab|cd)+$", "[0-9]", "^\\w+-\\d{2}$", "^[a-z]*x$", "^[^\"\\\\]+$", "^\\S+@\\S+$", "a|b"];
    private static readonly string[] Formats = ["date", "time", "date-time", "uuid", "ipv4", "ipv6", "hostname", "email", "uri", "duration"];
    private readonly JsonObject _definitions = [];

    /// <summary>The schema of one seed.</summary>
    public static string Of(int seed)
    {
        var generator = new RandomSchema(new Random(seed));
        JsonObject schema = generator.Schema(depth: 3);
        if (generator._definitions.Count > 0)
        {
            schema["$defs"] = generator._definitions;
        }

        return schema.ToJsonString();
    }

    private JsonObject Schema(int depth)
    {
        JsonObject schema = random.Next(depth > 0 ? 17 : 8) switch
        {
            0 => new JsonObject { ["type"] = "boolean" },
            1 => new JsonObject { ["type"] = "null" },
            2 => Text(),
            3 => new JsonObject { ["type"] = "string", ["pattern"] = Pick(Patterns) },
            4 => new JsonObject { ["type"] = "string", ["format"] = Pick(Formats) },
            5 => Integer(),
            6 => Number(),
            7 => Values(),
            8 => List(depth),
            9 => Tuple(depth),
            10 => new JsonObject { ["anyOf"] = Branches(depth) },
            11 => Union(depth),
            12 => Merged(depth),
            13 => Recursive(depth),
            14 => new JsonObject { ["type"] = new JsonArray("integer", "null", "string"), ["minimum"] = random.Next(5), ["maxLength"] = random.Next(9) },
            _ => Object(depth),
        };
        if (random.Next(5) == 0)
        {
            schema["description"] = "A value.";
        }

        return schema;
    }

    private JsonObject Text()
    {
        JsonObject schema = new() { ["type"] = "string" };
        int least = random.Next(4);
        if (random.Next(2) == 0)
        {
            schema["minLength"] = least;
        }

        if (random.Next(2) == 0)
        {
            schema["maxLength"] = least + random.Next(12);
        }

        return schema;
    }

    private JsonObject Integer()
    {
        int least = random.Next(-200, 200);
        JsonObject schema = new() { ["type"] = "integer" };
        if (random.Next(3) > 0)
        {
            schema[random.Next(2) == 0 ? "minimum" : "exclusiveMinimum"] = least;
        }

        if (random.Next(3) > 0)
        {
            schema["maximum"] = least + 1 + (random.Next(2) == 0 ? random.Next(20) : random.Next(100_000));
        }

        return schema;
    }

    private JsonObject Number()
    {
        decimal least = random.Next(-5000, 5000) / 100m;
        JsonObject schema = new() { ["type"] = "number" };
        if (random.Next(3) > 0)
        {
            schema[random.Next(2) == 0 ? "minimum" : "exclusiveMinimum"] = least;
        }

        if (random.Next(3) > 0)
        {
            schema[random.Next(2) == 0 ? "maximum" : "exclusiveMaximum"] = least + (random.Next(1, 30_000) / 1000m);
        }

        return schema;
    }

    private JsonObject Values()
    {
        JsonNode?[] values = [1, -2.5, "a", "b\n\"c\"", "ünï", null, true, new JsonObject { ["k"] = 1 }, new JsonArray(1, "x")];
        return random.Next(2) == 0
            ? new JsonObject { ["const"] = Pick(values)?.DeepClone() }
            : new JsonObject { ["enum"] = new JsonArray([.. values.Where(_ => random.Next(2) == 0).Append("last")]) };
    }

    private JsonObject Object(int depth)
    {
        JsonObject properties = [];
        JsonArray required = [];
        foreach (string name in Names.Where(_ => random.Next(3) == 0))
        {
            properties[name] = Schema(depth - 1);
            if (random.Next(2) == 0)
            {
                required.Add(name);
            }
        }

        JsonObject schema = new() { ["type"] = "object", ["properties"] = properties, ["required"] = required };
        int others = random.Next(4);
        if (others > 0)
        {
            schema["additionalProperties"] = others switch { 1 => false, 2 => true, _ => Schema(0) };
        }

        return schema;
    }

    private JsonObject List(int depth)
    {
        JsonObject schema = new() { ["type"] = "array", ["items"] = Schema(depth - 1) };
        int least = random.Next(3);
        if (random.Next(2) == 0)
        {
            schema["minItems"] = least;
        }

        if (random.Next(2) == 0)
        {
            schema["maxItems"] = least + random.Next(4);
        }

        return schema;
    }

    private JsonObject Tuple(int depth)
    {
        JsonObject schema = new() { ["type"] = "array", ["prefixItems"] = new JsonArray(Schema(depth - 1), Schema(depth - 1)), ["minItems"] = random.Next(4) };
        if (random.Next(2) == 0)
        {
            schema["items"] = Schema(0);
        }

        return schema;
    }

    private JsonArray Branches(int depth) => [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (JsonNode)Schema(depth - 1))];

    /// <summary>Objects that one property tells apart.</summary>
    private JsonObject Union(int depth)
    {
        JsonArray branches = [];
        for (int i = 0; i < 3; i++)
        {
            JsonObject branch = Object(depth - 1);
            branch["properties"]!["kind"] = new JsonObject { ["const"] = i.ToString(CultureInfo.InvariantCulture) };
            branch["required"]!.AsArray().Add("kind");
            branches.Add(branch);
        }

        branches.Add(new JsonObject { ["type"] = "null" });
        return new JsonObject { ["oneOf"] = branches };
    }

    private JsonObject Merged(int depth) => new()
    {
        ["allOf"] = new JsonArray(
            new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["first"] = new JsonObject { ["type"] = "integer", ["minimum"] = 3 } }, ["required"] = new JsonArray("first") },
            new JsonObject
            {
                ["properties"] = new JsonObject { ["first"] = new JsonObject { ["type"] = "number", ["maximum"] = 12.5 }, ["second"] = Schema(depth - 1) },
                ["required"] = new JsonArray("second"),
            }),
    };

    private JsonObject Recursive(int depth)
    {
        string name = "node" + _definitions.Count.ToString(CultureInfo.InvariantCulture);
        string reference = "#/$defs/" + name;
        _definitions[name] = true;
        _definitions[name] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["value"] = Schema(depth - 1),
                ["children"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["$ref"] = reference }, ["maxItems"] = 2 },
                ["next"] = new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["$ref"] = reference }, new JsonObject { ["type"] = "null" }) },
            },
            ["required"] = new JsonArray("value", "children", "next"),
            ["additionalProperties"] = false,
        };
        return new JsonObject { ["$ref"] = reference };
    }

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];
}
