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
             "n":1,"logprobs":false,"tools":[],"response_format":{"type":"text"},"user":"u","metadata":{},"store":false,"tool_choice":"none","logit_bias":null}
            """);

        Assert.Equal([new ChatMessage(ChatRole.System, "Be brief."), new ChatMessage(ChatRole.User, "Hello")], request.Messages);
        Assert.True(request is { Model: "m", Stream: true, IncludeUsage: true });
        Assert.Equal(["a", "b"], request.Sampling.Stop!);
        Assert.Equal(
            new SamplingParameters
            {
                Temperature = 0.5f, TopP = 0.9f, TopK = 40, MinP = 0.1f, RepetitionPenalty = 1.1f, PresencePenalty = -1, FrequencyPenalty = 1, Seed = 7, MaxTokens = 5,
            },
            request.Sampling with { Stop = null });
    }

    [Theory]
    [InlineData("\"frobnicate\":1", "frobnicate")]
    [InlineData("\"n\":2", "n")]
    [InlineData("\"logprobs\":true", "logprobs")]
    [InlineData("\"top_logprobs\":1", "top_logprobs")]
    [InlineData("\"logit_bias\":{\"1\":5}", "logit_bias")]
    [InlineData("\"tools\":[{}]", "tools")]
    [InlineData("\"tool_choice\":\"required\"", "tool_choice")]
    [InlineData("\"functions\":[{}]", "functions")]
    [InlineData("\"function_call\":{\"name\":\"f\"}", "function_call")]
    [InlineData("\"response_format\":{\"type\":\"json_object\"}", "response_format")]
    [InlineData("\"modalities\":[\"audio\"]", "modalities")]
    [InlineData("\"audio\":{}", "audio")]
    [InlineData("\"prediction\":{}", "prediction")]
    [InlineData("\"reasoning_effort\":\"low\"", "reasoning_effort")]
    [InlineData("\"verbosity\":\"low\"", "verbosity")]
    [InlineData("\"web_search_options\":{}", "web_search_options")]
    [InlineData("\"service_tier\":\"priority\"", "service_tier")]
    [InlineData("\"temperature\":2.5", "temperature")]
    [InlineData("\"temperature\":\"hot\"", "temperature")]
    [InlineData("\"top_p\":0", "top_p")]
    [InlineData("\"presence_penalty\":3", "presence_penalty")]
    [InlineData("\"seed\":1.5", "seed")]
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
    [InlineData("""[{"role":"tool","content":"x"}]""", "messages[0].role")]
    [InlineData("""[{"role":"user","content":5}]""", "messages[0].content")]
    [InlineData("""[{"role":"user","content":"x","name":"me"}]""", "messages[0].name")]
    [InlineData("""[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]""", "messages[0].content[0].type")]
    [InlineData("""[{"role":"assistant","content":"x","tool_calls":[{}]}]""", "messages[0].tool_calls")]
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
