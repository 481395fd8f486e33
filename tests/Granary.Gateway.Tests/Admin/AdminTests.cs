using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Gateway.Tests.Running;

namespace Granary.Gateway.Tests.Admin;

[Collection(BareGatewayTests.Name)]
public sealed class AdminTests(BareGateway gateway)
{
    [Theory]
    [InlineData("admin/silos/nobody/drain", "test-silo")]
    [InlineData("admin/zones/nowhere/evacuate", "test-zone")]
    [InlineData("admin/zones/test-zone/evacuate", "last one")]
    public async Task Post_whatCannotBe_isRefusedWithWhatThereIs(string path, string words)
    {
        using var client = gateway.CreateClient();
        using var response = await client.PostAsync(path, null);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(words, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_restoreOfAZoneThatTakesWork_isNoError()
    {
        using var client = gateway.CreateClient();
        using var response = await client.PostAsync("admin/zones/test-zone/restore", null);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("evacuatedZones").GetArrayLength());
    }

    [Fact]
    public async Task Put_routing_isRefusedWithThePoliciesThereAre_orHoldsUntilItIsDeleted()
    {
        using var client = gateway.CreateClient();
        using var refused = await client.PutAsync("admin/routing/by-the-moon", null);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("kv-affinity", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var chosen = await client.PutAsync("admin/routing/consistent-hash", null);
        Assert.Equal("consistent-hash", (await chosen.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("routingPolicy").GetString());
        using var back = await client.DeleteAsync("admin/routing");
        Assert.Equal(HttpStatusCode.OK, back.StatusCode);
    }

    [Fact]
    public async Task Profiles_ofASilo_showWhatItHas()
    {
        using var client = gateway.CreateClient();
        JsonElement profiles;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        do
        {
            profiles = await client.GetFromJsonAsync<JsonElement>("admin/profiles", limit.Token); // it measures itself first
        }
        while (profiles.GetArrayLength() == 0);

        var silo = profiles[0];
        Assert.Equal("test-silo", silo.GetProperty("silo").GetString());
        Assert.Equal("test-zone", silo.GetProperty("zone").GetString());
        Assert.Equal("cpu", silo.GetProperty("deviceKind").GetString());
        Assert.All(["matMulFlops", "copyBytesPerSecond", "memoryBytes", "freeMemoryBytes", "processMemoryBytes", "diskBytes", "cores"], name => Assert.True(silo.GetProperty(name).GetDouble() > 0, name));
    }

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("Forwarded")]
    public async Task Post_throughAProxy_needsAKey(string header)
    {
        using var client = gateway.CreateClient();
        client.DefaultRequestHeaders.Add(header, "for=10.0.0.1");
        using var response = await client.PostAsync("admin/zones/test-zone/restore", null);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }
}
