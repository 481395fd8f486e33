using System.Text.Json;
using Granary.Errors;
using Granary.Gateway.OpenAi.Requests;
using Granary.Models;

namespace Granary.Gateway.Tests.OpenAi.Requests;

public sealed class ChatCompletionReaderTests
{
    private const string Messages = """[{"role":"user","content":"Hello"}]""";

    [Fact]
    public void Read_everythingHonoured_arrivesInTheRequest()
    {
        var request = Read("""
            {"model":"m","messages":[{"role":"developer","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"Hel"},{"type":"text","text":"lo"}]}],
             "temperature":0.5,"top_p":0.9,"top_k":40,"min_p":0.1,"repetition_penalty":1.1,"presence_penalty":-1,"frequency_penalty":1,"seed":7,
             "stop":["a","b"],"max_completion_tokens":5,"stream":true,"stream_options":{"include_usage":true},
             "min_tokens":2,"ignore_eos":true,"logprobs":true,"top_logprobs":4,"priority":-3,
             "n":3,"tools":[],"response_format":{"type":"text"},"user":"u","metadata":{},"store":false,"tool_choice":"none","logit_bias":{"12":-100,"7":1.5}}
            """);

        Assert.Equal([new ChatMessage(ChatRole.System, "Be brief."), new ChatMessage(ChatRole.User, "Hello")], request.Messages);
        Assert.True(request is { Model: "m", Stream: true, IncludeUsage: true, Choices: 3, Tools: null });
        Assert.Equal(-3, request.ToCompletion().Generate.Priority);
        Assert.Equal([new TokenBias(12, -100), new TokenBias(7, 1.5f)], request.Sampling.LogitBias!);
        Assert.Equal(["a", "b"], request.Sampling.Stop!);
        Assert.Equal(
            new SamplingParameters
            {
                Temperature = 0.5f, TopP = 0.9f, TopK = 40, MinP = 0.1f, RepetitionPenalty = 1.1f, PresencePenalty = -1, FrequencyPenalty = 1, Seed = 7, MaxTokens = 5,
                MinTokens = 2, IgnoreEndOfSequence = true, TopLogProbs = 4,
            },
            request.Sampling with { Stop = null, LogitBias = null });
    }

    [Theory]
    [InlineData("\"response_format\":{\"type\":\"json_object\"}", ConstraintKind.JsonObject, "", "")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"strict\":true,\"schema\":{\"type\":\"object\"}}}", ConstraintKind.JsonSchema, "{\"type\":\"object\"}", "")]
    [InlineData("\"guided_json\":{\"type\":\"object\"}", ConstraintKind.JsonSchema, "{\"type\":\"object\"}", "")]
    [InlineData("\"guided_json\":\"{}\"", ConstraintKind.JsonSchema, "{}", "")]
    [InlineData("\"guided_regex\":\"a+\"", ConstraintKind.Regex, "a+", "")]
    [InlineData("\"guided_choice\":[\"yes\",\"no\"]", ConstraintKind.Choice, "", "yes no")]
    [InlineData("\"structured_outputs\":{\"json\":{}}", ConstraintKind.JsonSchema, "{}", "")]
    [InlineData("\"structured_outputs\":{\"regex\":\"a+\"}", ConstraintKind.Regex, "a+", "")]
    [InlineData("\"structured_outputs\":{\"choice\":[\"yes\",\"no\"]}", ConstraintKind.Choice, "", "yes no")]
    [InlineData("\"structured_outputs\":{\"json_object\":true}", ConstraintKind.JsonObject, "", "")]
    public void Read_constraint_arrivesInTheRequest(string fields, ConstraintKind kind, string text, string choices)
    {
        var constraint = Read($$"""{"model":"m","messages":{{Messages}},{{fields}}}""").Sampling.Constraint!;

        Assert.Equal((kind, text, choices), (constraint.Kind, constraint.Text, string.Join(' ', constraint.Choices)));
    }

    [Theory]
    [InlineData("", false, null)]
    [InlineData(",\"tool_choice\":\"auto\"", false, null)]
    [InlineData(",\"tool_choice\":\"required\"", true, null)]
    [InlineData(",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"g\"}}", true, "g")]
    public void Read_tools_arriveInTheRequest(string choice, bool isRequired, string? only)
    {
        var offered = """[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}},{"type":"function","function":{"name":"g"}}]""";

        var tools = Read($$"""{"model":"m","messages":{{Messages}},"tools":{{offered}},"parallel_tool_calls":false{{choice}}}""").Tools!;

        Assert.Equal([new("f", "d", """{"type":"object"}"""), new("g", null, """{"type":"object","properties":{}}""")], tools.Definitions);
        Assert.Equal((isRequired, only, false), (tools.IsRequired, tools.Only, tools.AllowsSeveral));
    }

    [Fact]
    public void Read_callsAndResults_arriveInTheRequest()
    {
        var messages = Read("""
            {"model":"m","messages":[{"role":"user","content":"x"},
             {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}}]},
             {"role":"tool","tool_call_id":"c1","content":"y"}]}
            """).Messages;

        Assert.Equal([new ToolCall("c1", "f", """{"a": 1}""")], messages[1].ToolCalls!);
        Assert.Equal(new ChatMessage(ChatRole.Tool, "y") { ToolCallId = "c1" }, messages[2]);
    }

    [Theory]
    [InlineData("\"frobnicate\":1", "frobnicate")]
    [InlineData("\"n\":0", "n")]
    [InlineData("\"n\":9", "n")]
    [InlineData("\"model\":\"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456\"", "model")]
    [InlineData("\"logprobs\":1", "logprobs")]
    [InlineData("\"top_logprobs\":1", "top_logprobs")]
    [InlineData("\"logprobs\":true,\"top_logprobs\":21", "top_logprobs")]
    [InlineData("\"logit_bias\":{\"x\":5}", "logit_bias")]
    [InlineData("\"logit_bias\":{\"1\":500}", "logit_bias.1")]
    [InlineData("\"min_tokens\":-1", "min_tokens")]
    [InlineData("\"ignore_eos\":\"yes\"", "ignore_eos")]
    [InlineData("\"tools\":[{}]", "tools[0]")]
    [InlineData("\"tools\":[{\"type\":\"web_search\"}]", "tools[0]")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a b\"}}]", "tools[0].function.name")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":1}}]", "tools[0].function.parameters")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}},{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", "tools")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":true}},{\"type\":\"function\",\"function\":{\"name\":\"g\",\"strict\":1}}]", "tools[1].function.strict")]
    [InlineData("\"tool_choice\":\"required\"", "tool_choice")]
    [InlineData("\"tool_choice\":\"maybe\"", "tool_choice")]
    [InlineData("\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"g\"}},\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", "tool_choice")]
    [InlineData("\"response_format\":{\"type\":\"json_object\"},\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", "response_format")]
    [InlineData("\"response_format\":{\"type\":\"xml\"}", "response_format")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\"}", "response_format")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\"}}", "response_format.json_schema")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":5}}", "response_format.json_schema.schema")]
    [InlineData("\"guided_regex\":5", "guided_regex")]
    [InlineData("\"guided_grammar\":\"x\"", "guided_grammar")]
    [InlineData("\"guided_regex\":\"a\",\"guided_choice\":[\"a\"]", "guided_choice")]
    [InlineData("\"structured_outputs\":{\"regex\":\"a\",\"choice\":[\"a\"]}", "structured_outputs.choice")]
    [InlineData("\"structured_outputs\":{\"grammar\":\"a\"}", "structured_outputs.grammar")]
    [InlineData("\"store\":true", "store")]
    [InlineData("\"functions\":[{}]", "functions")]
    [InlineData("\"function_call\":{\"name\":\"f\"}", "function_call")]
    [InlineData("\"modalities\":[\"audio\"]", "modalities")]
    [InlineData("\"audio\":{}", "audio")]
    [InlineData("\"prediction\":{}", "prediction")]
    [InlineData("\"reasoning_effort\":\"low\"", "reasoning_effort")]
    [InlineData("\"verbosity\":\"low\"", "verbosity")]
    [InlineData("\"web_search_options\":{}", "web_search_options")]
    [InlineData("\"service_tier\":\"priority\"", "service_tier")]
    [InlineData("\"temperature\":2.5", "temperature")]
    [InlineData("\"temperature\":\"hot\"", "temperature")]
    [InlineData("\"top_p\":-0.1", "top_p")]
    [InlineData("\"presence_penalty\":3", "presence_penalty")]
    [InlineData("\"seed\":1.5", "seed")]
    [InlineData("\"priority\":101", "priority")]
    [InlineData("\"priority\":-101", "priority")]
    [InlineData("\"priority\":\"high\"", "priority")]
    [InlineData("\"max_tokens\":0", "max_tokens")]
    [InlineData("\"max_tokens\":1,\"max_completion_tokens\":2", "max_tokens")]
    [InlineData("\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", "stop")]
    [InlineData("\"stop\":[1]", "stop[0]")]
    [InlineData("\"stop\":\"\"", "stop")]
    [InlineData("\"stream\":\"yes\"", "stream")]
    [InlineData("\"stream_options\":{\"include_usage\":true}", "stream_options")]
    [InlineData("\"stream\":true,\"stream_options\":{\"more\":true}", "stream_options.more")]
    public void Read_notHonoured_isRefusedByName(string fields, string parameter)
    {
        var refusal = Assert.Throws<GranaryException>(() => Read($$"""{"model":"m","messages":{{Messages}},{{fields}}}"""));

        Assert.Equal(ErrorCode.InvalidRequest, refusal.Code);
        Assert.Equal(parameter, refusal.Parameter);
        Assert.Contains($"'{parameter}'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "messages")]
    [InlineData("{}", "messages")]
    [InlineData("""[{"content":"x"}]""", "messages[0].role")]
    [InlineData("""[{"role":"user"}]""", "messages[0].content")]
    [InlineData("""[{"role":"king","content":"x"}]""", "messages[0].role")]
    [InlineData("""[{"role":"function","content":"x"}]""", "messages[0].role")]
    [InlineData("""[{"role":"tool","content":"x"}]""", "messages[0].tool_call_id")]
    [InlineData("""[{"role":"user","content":"x","tool_call_id":"c"}]""", "messages[0].tool_call_id")]
    [InlineData("""[{"role":"user","content":"x","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}]""", "messages[0].tool_calls")]
    [InlineData("""[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":{}}}]}]""", "messages[0].tool_calls[0].function.arguments")]
    [InlineData("""[{"role":"assistant","tool_calls":[]}]""", "messages[0].content")]
    [InlineData("""[{"role":"user","content":5}]""", "messages[0].content")]
    [InlineData("""[{"role":"user","content":"x","name":"me"}]""", "messages[0].name")]
    [InlineData("""[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]""", "messages[0].content[0].type")]
    [InlineData("""[{"role":"assistant","content":"x","tool_calls":[{}]}]""", "messages[0].tool_calls[0]")]
    public void Read_malformedMessage_isRefusedByPath(string messages, string parameter)
    {
        var refusal = Assert.Throws<GranaryException>(() => Read($$"""{"model":"m","messages":{{messages}}}"""));

        Assert.Equal(ErrorCode.InvalidRequest, refusal.Code);
        Assert.Equal(parameter, refusal.Parameter);
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""", "model")]
    [InlineData("""{"model":"m"}""", "messages")]
    [InlineData("""{"model":null,"messages":[{"role":"user","content":"x"}]}""", "model")]
    public void Read_missingField_isNamed(string body, string parameter) =>
        Assert.Equal(parameter, Assert.Throws<GranaryException>(() => Read(body)).Parameter);

    [Fact]
    public void Read_moreCharactersThanAllowed_isTooLarge()
    {
        var refusal = Assert.Throws<GranaryException>(() => Read($$"""{"model":"m","messages":{{Messages}}}""", new GatewayOptions { MaxPromptChars = 4 }));

        Assert.Equal(ErrorCode.TooLarge, refusal.Code);
    }

    private static ChatCompletionRequest Read(string json, GatewayOptions? limits = null)
    {
        using var document = JsonDocument.Parse(json);
        return ChatCompletionReader.Read(document.RootElement, limits ?? new GatewayOptions());
    }
}
