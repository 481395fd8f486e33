using System.ClientModel;
using System.Text.Json;
using Granary.Gateway.Tests.Running;
using OpenAI;
using OpenAI.Chat;

namespace Granary.Gateway.Tests.OpenAi;

/// <summary>OpenAI's own .NET client.</summary>
[Collection(DemoGatewayTests.Name)]
public sealed class OpenAiNetClientTests(DemoGateway gateway)
{
    private static readonly ChatCompletionOptions Greedy = new() { Temperature = 0, MaxOutputTokenCount = 16 };

    private OpenAIClient Client => new(new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(gateway.Url, "v1") });

    [Fact]
    public async Task Models_listed_hasTheDemoModel()
    {
        var models = await Client.GetOpenAIModelClient().GetModelsAsync();

        Assert.Equal([DemoGateway.Model], models.Value.Select(model => model.Id));
    }

    [Fact]
    public async Task Chat_streamedOrWhole_isTheSameText()
    {
        var chat = Client.GetChatClient(DemoGateway.Model);

        ChatCompletion whole = await chat.CompleteChatAsync([new UserChatMessage("Hello")], Greedy);
        var text = "";
        ChatTokenUsage? usage = null;
        ChatFinishReason? reason = null;
        await foreach (var update in chat.CompleteChatStreamingAsync([new UserChatMessage("Hello")], Greedy))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage ?? usage;
            reason = update.FinishReason ?? reason;
        }

        Assert.NotEmpty(text);
        Assert.Equal(whole.Content[0].Text, text);
        Assert.Equal(whole.FinishReason, reason);
        Assert.Equal(whole.Usage.OutputTokenCount, usage!.OutputTokenCount);
        Assert.Equal(ChatMessageRole.Assistant, whole.Role);
    }

    [Fact]
    public async Task Chat_aConversationWithInstructions_isAnswered()
    {
        ChatCompletion reply = await Client.GetChatClient(DemoGateway.Model).CompleteChatAsync(
            [new SystemChatMessage("Be brief."), new UserChatMessage("Hello"), new AssistantChatMessage("Hello!"), new UserChatMessage("Thank you")], Greedy);

        Assert.NotEmpty(reply.Content[0].Text);
        Assert.True(reply.Usage.OutputTokenCount is > 0 and <= 16);
    }

    [Fact]
    public async Task Chat_withLogProbabilities_hasOneAToken()
    {
        ChatCompletion reply = await Client.GetChatClient(DemoGateway.Model).CompleteChatAsync(
            [new UserChatMessage("Hello")], new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 5, IncludeLogProbabilities = true, TopLogProbabilityCount = 2 });

        Assert.Equal(reply.Content[0].Text, string.Concat(reply.ContentTokenLogProbabilities.Select(place => place.Token)));
        Assert.All(reply.ContentTokenLogProbabilities, place =>
        {
            Assert.Equal(2, place.TopLogProbabilities.Count);
            Assert.Equal(place.LogProbability, place.TopLogProbabilities[0].LogProbability);
            Assert.True(place.LogProbability <= 0 && place.Utf8Bytes is { Length: > 0 });
        });
    }

    [Fact]
    public async Task Chat_withLogitBias_saysNothingElse()
    {
        var options = new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 4, IncludeLogProbabilities = true };
        var chat = Client.GetChatClient(DemoGateway.Model);
        options.LogitBiases[100] = 100;
        ChatCompletion reply = await chat.CompleteChatAsync([new UserChatMessage("Hello")], options);

        Assert.Equal(4, reply.ContentTokenLogProbabilities.Count);
        Assert.Single(reply.ContentTokenLogProbabilities.Select(place => place.Token).Distinct());
    }

    [Fact]
    public async Task Chat_withAJsonSchema_followsIt()
    {
        var schema = BinaryData.FromString("""{"type":"object","properties":{"colour":{"enum":["red","green"]},"count":{"type":"integer","minimum":1,"maximum":9}},"required":["colour","count"],"additionalProperties":false}""");
        ChatCompletion reply = await Client.GetChatClient(DemoGateway.Model).CompleteChatAsync(
            [new UserChatMessage("Hello")],
            new ChatCompletionOptions { MaxOutputTokenCount = 100, ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("thing", schema, jsonSchemaIsStrict: true) });

        var thing = JsonDocument.Parse(reply.Content[0].Text).RootElement;
        Assert.Contains(thing.GetProperty("colour").GetString(), (string[])["red", "green"]);
        Assert.InRange(thing.GetProperty("count").GetInt32(), 1, 9);
    }

    [Fact]
    public async Task Chat_unknownModel_throws404()
    {
        var failure = await Assert.ThrowsAsync<ClientResultException>(() => Client.GetChatClient("nobody").CompleteChatAsync([new UserChatMessage("Hello")]));

        Assert.Equal(404, failure.Status);
        Assert.Contains("model_not_found", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_withoutCancellation_goesOnToItsLimit()
    {
        ChatCompletion reply = await Client.GetChatClient(DemoGateway.Model).CompleteChatAsync([new UserChatMessage(DemoGateway.EndlessPrompt)], Endless(300));

        Assert.Equal(300, reply.Usage.OutputTokenCount);
        Assert.Equal(ChatFinishReason.Length, reply.FinishReason);
    }

    [Fact]
    public Task Chat_cancelledInTheMiddle_stopsTheEngineWhenNobodyComesBack() => gateway.AssertStopsAsync(async () =>
    {
        using var leaving = new CancellationTokenSource();
        var (chat, prompt) = (Client.GetChatClient(DemoGateway.Model), new UserChatMessage(DemoGateway.EndlessPrompt));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in chat.CompleteChatStreamingAsync([prompt], Endless(DemoGateway.EndlessTokens), leaving.Token))
            {
                if (update.ContentUpdate.Count > 0)
                    await leaving.CancelAsync();
            }
        });
    }, DemoGateway.EndlessTokens - 1);

    private static ChatCompletionOptions Endless(int tokens) => new() { Temperature = 0, FrequencyPenalty = -2, PresencePenalty = -2, MaxOutputTokenCount = tokens };
}
