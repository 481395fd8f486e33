using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.Security;

[Collection(BareGatewayTests.Name)]
public sealed class OriginTests(BareGateway gateway)
{
    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("[::1]:80", HttpStatusCode.OK)]
    public async Task Get_underAHostName_passesOnlyItsOwn(string host, HttpStatusCode status)
    {
        using var client = gateway.CreateClient();
        client.DefaultRequestHeaders.Host = host;

        using var response = await client.GetAsync("v1/models");

        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task Get_healthUnderAPodAddress_passes()
    {
        using var client = gateway.CreateClient();
        client.DefaultRequestHeaders.Host = "10.0.0.7:8080";

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("health/live")).StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("https://app.example.com", HttpStatusCode.OK)]
    public async Task Get_fromAnOrigin_passesOnlyThoseAllowed(string origin, HttpStatusCode status)
    {
        using var client = gateway.CreateClient();
        client.DefaultRequestHeaders.Add("Origin", origin);

        using var response = await client.GetAsync("v1/models");

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status == HttpStatusCode.OK, response.Headers.TryGetValues("Access-Control-Allow-Origin", out _));
        Assert.NotEmpty(Assert.Single(response.Headers.GetValues("x-request-id")));
    }

    [Fact]
    public async Task Get_fromAnAllowedOrigin_showsItsPagesWhatStockClientsRead()
    {
        using var client = gateway.CreateClient();
        client.DefaultRequestHeaders.Add("Origin", "https://app.example.com");

        using var response = await client.GetAsync("v1/models");

        var shown = response.Headers.GetValues("Access-Control-Expose-Headers").SelectMany(names => names.Split(',')).ToHashSet(StringComparer.OrdinalIgnoreCase);
        string[] wanted =
        [
            "x-request-id", "retry-after", "x-should-retry", "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
            "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens",
        ];
        Assert.Subset(shown, wanted.ToHashSet());
    }

    [Theory]
    [InlineData("GET", "v1/models")]
    [InlineData("GET", "v1/models/nobody")]
    [InlineData("GET", "v1/nothing")]
    [InlineData("POST", "v1/completions")]
    [InlineData("GET", "admin/nothing")]
    public async Task Response_hasAnIdOfItsOwn(string method, string path)
    {
        using var client = gateway.CreateClient();

        var ids = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            ids.Add(Assert.Single(response.Headers.GetValues("x-request-id")));
        }

        Assert.All(ids, id => Assert.StartsWith("req_", id, StringComparison.Ordinal));
        Assert.NotEqual(ids[0], ids[1]);
    }

    [Fact]
    public async Task WebSocket_fromAnotherOrigin_isRefused()
    {
        var hub = new UriBuilder(new Uri(gateway.Url, "hubs/chat")) { Scheme = "ws" }.Uri;
        using var foreign = new ClientWebSocket();
        foreign.Options.SetRequestHeader("Origin", "https://evil.example");
        using var own = new ClientWebSocket();
        own.Options.SetRequestHeader("Origin", gateway.Url.GetLeftPart(UriPartial.Authority));

        await Assert.ThrowsAsync<WebSocketException>(() => foreign.ConnectAsync(hub, TestContext.Current.CancellationToken));
        await own.ConnectAsync(hub, TestContext.Current.CancellationToken);

        Assert.Equal(WebSocketState.Open, own.State);
    }

    [Theory]
    [InlineData("v1/nothing", "error", "code", "invalid_request")]
    [InlineData("api/nothing", null, "code", "invalid_request")]
    public async Task Get_unknownRoute_isJson(string path, string? member, string name, string code)
    {
        using var client = gateway.CreateClient();
        using var response = await client.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(code, (member is null ? body : body.GetProperty(member)).GetProperty(name).GetString());
    }

    [Fact]
    public async Task Responses_haveSecurityHeaders()
    {
        using var client = gateway.CreateClient();
        foreach (var path in new[] { "v1/models", "v1/nothing", "health/live", "" })
        {
            using var response = await client.GetAsync(path);
            Assert.Contains("script-src 'self'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.False(response.Headers.Contains("Server"));
        }
    }
}
