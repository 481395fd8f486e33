using System.Text.Json.Nodes;
using Granary.Chaos.Silos;

namespace Granary.Chaos.Clients;

/// <summary>The body of a request for a streamed completion.</summary>
/// <param name="Kind">What is asked for.</param>
/// <param name="Body">The body.</param>
internal sealed record CompletionAsk(CompletionKind Kind, JsonObject Body)
{
    private const string Schema = """
        {"type":"object","properties":{"name":{"enum":["Ada","Grace","Alan"]},"age":{"type":"integer","minimum":1,"maximum":99},
         "likes":{"type":"array","items":{"enum":["tea","rain","maps","chess"]},"minItems":2,"maxItems":6},"isHere":{"type":"boolean"}},
         "required":["name","age","likes","isHere"],"additionalProperties":false}
        """;

    /// <summary>A request of some kind.</summary>
    public static CompletionAsk Of(CompletionKind kind, Random random)
    {
        var body = new JsonObject
        {
            ["model"] = ChaosModel.Name,
            ["stream"] = true,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Prompts.Any(random) }),
            ["max_tokens"] = Prompts.Length(random),
            ["temperature"] = 0.8,
            ["seed"] = random.Next(),
        };
        switch (kind)
        {
            case CompletionKind.Plain:
                body["ignore_eos"] = true;
                break;
            case CompletionKind.Several:
                body["n"] = 3;
                body["ignore_eos"] = true;
                body["stream_options"] = new JsonObject { ["include_usage"] = true };
                break;
            case CompletionKind.Schema:
                body["response_format"] = new JsonObject
                {
                    ["type"] = "json_schema",
                    ["json_schema"] = new JsonObject { ["name"] = "person", ["schema"] = JsonNode.Parse(Schema) },
                };
                body["max_tokens"] = 400;
                break;
            case CompletionKind.Tool:
                body["tools"] = new JsonArray(new JsonObject
                {
                    ["type"] = "function",
                    ["function"] = new JsonObject { ["name"] = "remember", ["description"] = "Remembers a person.", ["parameters"] = JsonNode.Parse(Schema) },
                });
                body["tool_choice"] = "required";
                body["parallel_tool_calls"] = false;
                body["max_tokens"] = 400;
                break;
        }

        return new CompletionAsk(kind, body);
    }
}
