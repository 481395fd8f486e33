using System.ClientModel;
using System.Text.Json;
using Granary.Gateway.Tests.Running;
using OpenAI;
using OpenAI.Chat;

namespace Granary.Gateway.Tests.OpenAi;

/// <summary>Calls that must be made, by a model that was never taught any: only the constraint can bring them about.</summary>
public sealed class RequiredToolTests(ToolDemoGateway gateway) : IClassFixture<ToolDemoGateway>
{
    private static readonly ChatTool Weather = ChatTool.CreateFunctionTool(
        "get_weather", null, BinaryData.FromString("""{"type":"object","properties":{"city":{"enum":["Oslo","Rome"]},"days":{"type":"integer","minimum":1,"maximum":7}},"required":["city","days"],"additionalProperties":false}"""));

    private static readonly ChatTool Now = ChatTool.CreateFunctionTool("now", null, BinaryData.FromString("""{"type":"object","properties":{},"additionalProperties":false}"""));

    private ChatClient Client => new(ToolDemoGateway.Model, new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(gateway.Url, "v1") });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Chat_namedFunction_isCalledByItsSchema(int seed)
    {
        var reply = await AskAsync(seed, ChatToolChoice.CreateFunctionChoice("get_weather"));

        var call = Assert.Single(reply.ToolCalls);
        Assert.Equal("get_weather", call.FunctionName);
        var arguments = JsonDocument.Parse(call.FunctionArguments).RootElement;
        Assert.Contains(arguments.GetProperty("city").GetString(), (string[])["Oslo", "Rome"]);
        Assert.InRange(arguments.GetProperty("days").GetInt32(), 1, 7);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Chat_anyFunction_isCalled(int seed) =>
        Assert.Contains(Assert.Single((await AskAsync(seed, ChatToolChoice.CreateRequiredChoice())).ToolCalls).FunctionName, (string[])["get_weather", "now"]);

    private async Task<ChatCompletion> AskAsync(int seed, ChatToolChoice choice)
    {
#pragma warning disable OPENAI001 // The client calls seeds experimental.
        var options = new ChatCompletionOptions { Tools = { Weather, Now }, ToolChoice = choice, Temperature = 1, Seed = seed, MaxOutputTokenCount = 200 };
#pragma warning restore OPENAI001
        ChatCompletion reply = await Client.CompleteChatAsync([new UserChatMessage("What is the weather?")], options);
        Assert.Equal(ChatFinishReason.ToolCalls, reply.FinishReason);
        Assert.Empty(reply.Content);
        return reply;
    }
}
