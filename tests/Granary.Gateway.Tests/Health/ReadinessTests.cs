using System.Net;
using System.Text.Json;
using Granary.Gateway.Tests.Running;
using Granary.Identity;

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

    [Fact]
    public async Task Ready_forStrangersAndTenants_namesNoModels_forOperatorsItDoes()
    {
        await using var gateway = new KeyedGateway();
        await gateway.InitializeAsync();
        var tenants = await gateway.CreateKeyAsync("acme", CallerRole.TenantAdmin, KeyScopes.Chat | KeyScopes.Admin);
        var operators = await gateway.CreateKeyAsync("local", CallerRole.Operator, KeyScopes.All);

        foreach (var key in new[] { null, "gr-nonsense", tenants.ToString() })
        {
            var (status, body) = await GetAsync(gateway.CreateClient(key));
            Assert.Equal((HttpStatusCode.OK, "ready"), (status, body.GetProperty("status").GetString()));
            Assert.DoesNotContain(EchoGateway.Model, body.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal("ready", (await GetAsync(gateway.CreateClient(operators.ToString()))).Body.GetProperty("models").GetProperty(EchoGateway.Model).GetString());
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(HttpClient client)
    {
        using (client)
        using (var response = await client.GetAsync("health/ready"))
            return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }
}
