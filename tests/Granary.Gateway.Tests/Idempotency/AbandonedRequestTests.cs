using System.Net.Http.Json;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.Idempotency;

[Collection(DemoGatewayTests.Name)]
public sealed class AbandonedRequestTests(DemoGateway gateway)
{
    private const int Tokens = 200;

    [Fact]
    public async Task Request_whoseClientLeft_isThereAsAWholeWhenItComesAgain()
    {
        using var client = gateway.CreateClient();
        var key = Guid.NewGuid().ToString();
        var before = gateway.Engine.OutputTokens;
        using (var leaving = await SendAsync(client, key))
            Assert.Equal(1, await (await leaving.Content.ReadAsStreamAsync()).ReadAsync(new byte[1]));

        await gateway.IdleAsync();
        using var again = await SendAsync(client, key);

        Assert.EndsWith("data: [DONE]\n\n", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(Tokens, gateway.Engine.OutputTokens - before);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string key) => client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "v1/completions")
        {
            Content = JsonContent.Create(new { model = DemoGateway.Model, prompt = "Once upon a time", temperature = 0, ignore_eos = true, max_tokens = Tokens, stream = true }),
            Headers = { { "Idempotency-Key", key } },
        },
        HttpCompletionOption.ResponseHeadersRead);
}
