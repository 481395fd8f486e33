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
