using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.Idempotency;

[Collection(KeyedGatewayTests.Name)]
public sealed class IdempotencyTests(KeyedGateway gateway)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Request_repeated_getsTheSameAnswerWhichWasComputedOnce(bool stream)
    {
        using var client = gateway.CreateClient((await gateway.CreateKeyAsync("acme")).ToString());
        var (key, body) = (Guid.NewGuid().ToString(), Body("say it once", stream));
        var before = gateway.Engine.Asked;

        using var first = await PostAsync(client, key, body);
        var answer = await first.Content.ReadAsStringAsync();
        using var second = await PostAsync(client, key, body);

        Assert.Contains(" once", answer, StringComparison.Ordinal);
        Assert.Equal(answer, await second.Content.ReadAsStringAsync());
        Assert.Equal(1, gateway.Engine.Asked - before);
        Assert.False(first.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal("true", second.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal(first.Headers.GetValues("x-request-id"), second.Headers.GetValues("x-request-id"));
    }

    [Fact]
    public async Task Requests_atOnce_areOneGeneration()
    {
        using var client = gateway.CreateClient((await gateway.CreateKeyAsync("acme")).ToString());
        var (key, before) = (Guid.NewGuid().ToString(), gateway.Engine.Asked);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var response = await PostAsync(client, key, Body("all together now"));
            return await response.Content.ReadAsStringAsync();
        }));

        Assert.Single(answers.Distinct());
        Assert.Equal(1, gateway.Engine.Asked - before);
    }

    [Fact]
    public async Task Key_withAnotherBody_isRefused()
    {
        using var client = gateway.CreateClient((await gateway.CreateKeyAsync("acme")).ToString());
        var key = Guid.NewGuid().ToString();
        using var first = await PostAsync(client, key, Body("one"));
        using var second = await PostAsync(client, key, Body("two"));

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, second.StatusCode);
        var error = (await second.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal(("idempotency_key_reused", "Idempotency-Key"), (error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("globex")]
    public async Task Key_ofAnotherHolder_isAnotherKey(string tenant)
    {
        using var one = gateway.CreateClient((await gateway.CreateKeyAsync("acme")).ToString());
        using var other = gateway.CreateClient((await gateway.CreateKeyAsync(tenant)).ToString());
        var key = Guid.NewGuid().ToString();
        using var first = await PostAsync(one, key, Body("mine"));
        using var second = await PostAsync(other, key, Body("mine"));
        using var third = await PostAsync(other, key, Body("not mine"));

        Assert.NotEqual(first.Headers.GetValues("x-request-id"), second.Headers.GetValues("x-request-id"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, third.StatusCode);
    }

    [Fact]
    public async Task Request_thatWasRefused_isNotRemembered()
    {
        using var client = gateway.CreateClient((await gateway.CreateKeyAsync("acme")).ToString());
        var key = Guid.NewGuid().ToString();
        using var refused = await PostAsync(client, key, new { model = "nobody", messages = new[] { new { role = "user", content = "x" } } });
        using var answered = await PostAsync(client, key, Body("x"));
        using var wrong = await PostAsync(client, new string('k', 256), Body("x"));

        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    private static object Body(string text, bool stream = false) => new { model = EchoGateway.Model, stream, messages = new[] { new { role = "user", content = text } } };

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string key, object body) => client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = JsonContent.Create(body), Headers = { { "Idempotency-Key", key } } });
}
