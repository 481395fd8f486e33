using System.Net;
using Granary.Gateway.Tests.Scripted;

namespace Granary.Gateway.Tests.Security;

/// <summary>Pages of the cluster's other gateways.</summary>
public sealed class ClusterOriginTests : IAsyncLifetime
{
    private ScriptedGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await ScriptedGateway.StartAsync(new ScriptedGrains(), "http://a.example:5080", "https://b.example");

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData("http://a.example:5080", true)]
    [InlineData("https://b.example", true)]
    [InlineData("http://b.example", false)]
    [InlineData("http://a.example", false)]
    [InlineData("https://evil.example", false)]
    public async Task Call_fromAPage_passesFromTheClustersGatewaysAlone(string origin, bool isOwn)
    {
        using var client = _gateway.CreateClient();
        await client.GetAsync(""); // by now the gateway has looked who is there
        client.DefaultRequestHeaders.Add("Origin", origin);

        using var response = await client.PostAsync("hubs/chat/negotiate?negotiateVersion=1", null);

        Assert.Equal(isOwn ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(isOwn, response.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) && allowed.Single() == origin);
    }

    [Fact]
    public async Task Page_mayConnectToTheClustersGateways()
    {
        using var client = _gateway.CreateClient();

        using var response = await client.GetAsync("");

        Assert.Contains(
            "connect-src 'self' http://a.example:5080 ws://a.example:5080 https://b.example wss://b.example",
            response.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal);
    }
}
