using System.Net;
using System.Text.Json;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.Health;

[Collection(DemoGatewayTests.Name)]
public sealed class ReadinessTests(DemoGateway demo)
{
    [Fact]
    public async Task Ready_modelLoaded_namesIt()
    {
        var (status, body) = await GetAsync(demo.CreateClient());

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("ready", body.GetProperty("status").GetString());
        Assert.Equal("ready", body.GetProperty("models").GetProperty(DemoGateway.Model).GetString());
    }

    [Fact]
    public async Task Ready_noModels_isReady()
    {
        await using var bare = await RunningGateway.StartAsync();

        var (status, body) = await GetAsync(bare.CreateClient());

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("without models", body.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(HttpClient client)
    {
        using (client)
        using (var response = await client.GetAsync("health/ready"))
            return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }
}
