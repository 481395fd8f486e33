using System.Text.Json;
using Granary.Errors;
using Granary.Gateway.Completions;
using Granary.Gateway.OpenAi.Requests;
using Granary.Models;
using Granary.Serving;

namespace Granary.Gateway.Tests.OpenAi.Requests;

public sealed class TextCompletionReaderTests
{
    [Fact]
    public void Read_everythingHonoured_arrivesInTheRequest()
    {
        var request = Read("""
            {"model":"m","prompt":["a","b"],"best_of":3,"n":2,"echo":true,"max_tokens":5,"temperature":0.5,"top_p":0.9,"presence_penalty":-1,"frequency_penalty":1,
             "seed":7,"stop":"x","logit_bias":{"12":-100},"user":"u","suffix":"","stream":false,"priority":4}
            """);

        Assert.True(request is { Kind: CompletionKind.Text, Model: "m", Stream: false, BestOf: 2, WantsLogProbs: false });
        var generate = request.Generate;
        Assert.Equal([new RawPrompt("a"), new RawPrompt("b")], generate.Prompts!);
        Assert.Equal(new PromptLayout(2, 6), generate.Layout);
        Assert.True(generate.EchoesPrompt);
        Assert.Equal(4, generate.Priority);
        Assert.Equal(
            new SamplingParameters { Temperature = 0.5f, TopP = 0.9f, PresencePenalty = -1, FrequencyPenalty = 1, Seed = 7, MaxTokens = 5, TopLogProbs = 0 },
            generate.Sampling with { Stop = null, LogitBias = null });
    }

    [Theory]
    [InlineData("\"Hello\"", 1)]
    [InlineData("[1,2,3]", 1)]
    [InlineData("[\"a\",[1,2],\"c\"]", 3)]
    public void Read_prompt_isTextOrTokensOrAnArrayOfThem(string prompt, int count)
    {
        var generate = Read($$"""{"model":"m","prompt":{{prompt}}}""").Generate;

        Assert.Equal(count, generate.Prompts!.Length);
        Assert.Equal(16, generate.Sampling.MaxTokens); // OpenAI's default
    }

    [Theory]
    [InlineData("\"echo\":true,\"logprobs\":5,\"max_tokens\":0", true, 5)]
    [InlineData("\"echo\":true,\"logprobs\":0,\"max_tokens\":0", true, 0)]
    [InlineData("\"echo\":true,\"best_of\":2,\"max_tokens\":0", false, 0)] // wants them of outputs alone, and does not show them
    [InlineData("\"echo\":true,\"max_tokens\":0", false, null)]
    [InlineData("\"logprobs\":5,\"max_tokens\":0", false, 5)]
    public void Read_echoWithLogProbs_scoresThePrompt(string fields, bool isScored, int? top)
    {
        var generate = Read($$"""{"model":"m","prompt":"p",{{fields}}}""").Generate;

        Assert.Equal((isScored, top, 0), (generate.ScoresPrompt, generate.Sampling.TopLogProbs, generate.Sampling.MaxTokens));
    }

    [Theory]
    [InlineData("\"suffix\":\"end\"", "suffix")]
    [InlineData("\"logprobs\":true", "logprobs")]
    [InlineData("\"logprobs\":21", "logprobs")]
    [InlineData("\"priority\":101", "priority")]
    [InlineData("\"best_of\":1,\"n\":2", "best_of")]
    [InlineData("\"best_of\":2,\"stream\":true", "best_of")]
    [InlineData("\"best_of\":9", "best_of")]
    [InlineData("\"max_tokens\":-1", "max_tokens")]
    [InlineData("\"messages\":[]", "messages")]
    [InlineData("\"max_completion_tokens\":1", "max_completion_tokens")]
    [InlineData("\"stream_options\":{\"include_usage\":true}", "stream_options")]
    public void Read_notHonoured_isRefusedByName(string fields, string parameter)
    {
        var refusal = Assert.Throws<GranaryException>(() => Read($$"""{"model":"m","prompt":"p",{{fields}}}"""));

        Assert.Equal((ErrorCode.InvalidRequest, parameter), (refusal.Code, refusal.Parameter));
        Assert.Contains($"'{parameter}'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "prompt", ErrorCode.InvalidRequest)]
    [InlineData(",\"prompt\":\"\"", "prompt", ErrorCode.InvalidRequest)]
    [InlineData(",\"prompt\":[]", "prompt", ErrorCode.InvalidRequest)]
    [InlineData(",\"prompt\":[[]]", "prompt[0]", ErrorCode.InvalidRequest)]
    [InlineData(",\"prompt\":[1,\"a\"]", "prompt[1]", ErrorCode.InvalidRequest)]
    [InlineData(",\"prompt\":[-1]", "prompt[0]", ErrorCode.InvalidRequest)]
    [InlineData(",\"prompt\":{}", "prompt", ErrorCode.InvalidRequest)]
    [InlineData(",\"prompt\":[\"a\",\"b\",\"c\"]", "prompt", ErrorCode.TooLarge)]
    public void Read_wrongPrompt_isRefusedByPath(string prompt, string parameter, ErrorCode code)
    {
        var refusal = Assert.Throws<GranaryException>(() => Read($$"""{"model":"m"{{prompt}}}""", new GatewayOptions { MaxPrompts = 2 }));

        Assert.Equal((code, parameter), (refusal.Code, refusal.Parameter));
    }

    private static CompletionRequest Read(string json, GatewayOptions? limits = null)
    {
        using var document = JsonDocument.Parse(json);
        return TextCompletionReader.Read(document.RootElement, limits ?? new GatewayOptions());
    }
}
