using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Gateway.Tests.Running;
using Granary.Identity;

namespace Granary.Gateway.Tests.Admin;

/// <summary>What administrators see and change of tenants, and what the audit trail has of it.</summary>
[Collection(KeyedGatewayTests.Name)]
public sealed class TenantAdminTests(KeyedGateway gateway)
{
    [Fact]
    public async Task Limits_andWebhook_thatAreChanged_areInTheAuditTrailAsTheyWereAndAre()
    {
        var tenant = NewTenant();
        using var admin = await ClientAsync(tenant, CallerRole.TenantAdmin);
        using var @operator = await ClientAsync("local", CallerRole.Operator);

        await SendAsync(@operator, HttpMethod.Put, $"admin/tenants/{tenant}/limits", new { tokensPerDay = 100 });
        await SendAsync(@operator, HttpMethod.Put, $"admin/tenants/{tenant}/limits", new { tokensPerDay = 200 });
        await SendAsync(@operator, HttpMethod.Delete, $"admin/tenants/{tenant}/limits");
        var secret = (await SendAsync(admin, HttpMethod.Put, $"admin/tenants/{tenant}/webhook", new { url = "https://example.com/x" })).GetProperty("secret").GetString()!;
        await SendAsync(admin, HttpMethod.Delete, $"admin/tenants/{tenant}/webhook");

        var entries = await admin.GetFromJsonAsync<JsonElement[]>("admin/audit");
        Assert.Equal(["webhook.clear", "webhook.set", "limits.clear", "limits.set", "limits.set"], entries!.Select(entry => entry.GetProperty("what").GetString()));
        var change = entries![3];
        Assert.Equal((100, 200), (change.GetProperty("before").GetProperty("tokensPerDay").GetInt32(), change.GetProperty("after").GetProperty("tokensPerDay").GetInt32()));
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        Assert.DoesNotContain(secret["whsec_".Length..], JsonSerializer.Serialize(entries), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tenants_areAllOfThemForOperators_andHisOwnForAnAdministrator()
    {
        var (mine, other) = (NewTenant(), NewTenant());
        using var admin = await ClientAsync(mine, CallerRole.TenantAdmin);
        using var @operator = await ClientAsync("local", CallerRole.Operator);
        await SendAsync(@operator, HttpMethod.Post, "admin/keys", new { tenant = other, name = "first" });
        await SendAsync(@operator, HttpMethod.Put, $"admin/tenants/{mine}/limits", new { requestsPerMinute = 5 });

        Assert.Equal([mine], Names(await admin.GetFromJsonAsync<JsonElement>("admin/tenants")));
        Assert.Superset(new HashSet<string> { mine, other }, Names(await @operator.GetFromJsonAsync<JsonElement>("admin/tenants")));
        Assert.Equal("tenant-admin", (await admin.GetFromJsonAsync<JsonElement>("admin/me")).GetProperty("role").GetString());
    }

    [Fact]
    public async Task Session_isListedWithoutItsTitle_andItsDeletionIsAudited()
    {
        var tenant = NewTenant();
        using var admin = await ClientAsync(tenant, CallerRole.TenantAdmin);
        var id = await gateway.CreateSessionAsync(tenant, "a secret title");

        var listed = await admin.GetStringAsync("admin/sessions");
        Assert.Contains(id, listed, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", listed, StringComparison.Ordinal);
        using var thief = await ClientAsync(NewTenant(), CallerRole.TenantAdmin);
        Assert.Equal(HttpStatusCode.NotFound, (await thief.DeleteAsync($"admin/sessions/{id}")).StatusCode);
        await SendAsync(admin, HttpMethod.Delete, $"admin/sessions/{id}");

        Assert.DoesNotContain(id, await admin.GetStringAsync("admin/sessions"), StringComparison.Ordinal);
        var entry = Assert.Single((await admin.GetFromJsonAsync<JsonElement[]>("admin/audit"))!);
        Assert.Equal(("session.delete", id), (entry.GetProperty("what").GetString(), entry.GetProperty("target").GetString()));
    }

    [Fact]
    public async Task Models_tellWhetherTheTenantMayUseThem()
    {
        var tenant = NewTenant();
        using var admin = await ClientAsync(tenant, CallerRole.TenantAdmin);
        using var @operator = await ClientAsync("local", CallerRole.Operator);
        Assert.True((await admin.GetFromJsonAsync<JsonElement>("admin/models"))[0].GetProperty("isAllowed").GetBoolean());

        await SendAsync(@operator, HttpMethod.Put, $"admin/tenants/{tenant}/limits", new { allowedModels = new[] { "another" } });

        Assert.False((await admin.GetFromJsonAsync<JsonElement>("admin/models"))[0].GetProperty("isAllowed").GetBoolean());
    }

    [Theory]
    [InlineData("to=0001-01-10")]
    [InlineData("to=9999-12-31")]
    [InlineData("from=0001-01-01&to=0001-01-01")]
    public async Task Usage_ofDaysAtTheEndsOfTheCalendar_isEmpty(string days)
    {
        using var admin = await ClientAsync(NewTenant(), CallerRole.TenantAdmin);

        Assert.Equal(0, (await admin.GetFromJsonAsync<JsonElement>($"admin/usage?{days}")).GetProperty("rows").GetArrayLength());
    }

    private static string NewTenant() => $"t{Guid.NewGuid():N}";

    private static HashSet<string> Names(JsonElement list) => [.. list.GetProperty("tenants").EnumerateArray().Select(status => status.GetProperty("tenant").GetString()!)];

    private async Task<HttpClient> ClientAsync(string tenant, CallerRole role) => gateway.CreateClient((await gateway.CreateKeyAsync(tenant, role, KeyScopes.All)).ToString());

    private static async Task<JsonElement> SendAsync(HttpClient client, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
