using System.Net.Http.Json;
using System.Text.Json;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.OpenAi;

/// <summary>Histories that clients send and that the model's chat template, here Qwen3's, takes.</summary>
[Collection(EchoGatewayTests.Name)]
public sealed class MessageOrderTests(EchoGateway gateway)
{
    [Theory]
    [InlineData("system", "developer", "user")]
    [InlineData("user", "user")]
    [InlineData("user", "system", "user")]
    [InlineData("user", "assistant", "user", "assistant")]
    public async Task Roles_thatTheTemplateTakes_areAllInThePromptInTheirOrder(params string[] roles)
    {
        await AskAsync([.. roles.Select((role, i) => new { role, content = $"word{i}" })]);

        var prompt = gateway.Engine.Last.Prompt;
        var places = roles.Select((_, i) => prompt.IndexOf($"word{i}", StringComparison.Ordinal)).ToArray();
        Assert.All(places, place => Assert.True(place > 0, prompt));
        Assert.Equal(places.Order(), places);
        Assert.EndsWith("<|im_start|>assistant\n", prompt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "{}")]
    [InlineData("{\"city\": \"Ro", "{\"city\": \"Ro")]
    [InlineData("{\"city\": \"Rome\"}", "{\"city\": \"Rome\"}")]
    public async Task ToolCall_asGranaryItselfGivesItBack_isTaken(string arguments, string inPrompt)
    {
        await AskAsync(
        [
            new { role = "user", content = "x" },
            new { role = "assistant", content = (string?)null, tool_calls = new[] { new { id = "c", type = "function", function = new { name = "weather", arguments } } } },
            new { role = "tool", tool_call_id = "c", content = "wet" },
            new { role = "user", content = "thanks" },
        ]);

        Assert.Contains($"{{\"name\": \"weather\", \"arguments\": {inPrompt}}}", gateway.Engine.Last.Prompt, StringComparison.Ordinal);
    }

    private async Task AskAsync(object[] messages)
    {
        using var client = gateway.CreateClient();
        using var response = await client.PostAsJsonAsync("v1/chat/completions", new { model = EchoGateway.Model, messages });
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(response.IsSuccessStatusCode, answer.ToString());
    }
}
