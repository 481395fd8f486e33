using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Granary.Gateway.Identity;
using Granary.Gateway.Identity.Keys;
using Granary.Gateway.Tests.Running;
using Granary.Gateway.Tests.Sockets;
using Granary.Host.Chat;
using Granary.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Gateway.Tests.Identity;

/// <summary>Keys over HTTP, from their creation to their end.</summary>
[Collection(KeyedGatewayTests.Name)]
public sealed class KeyLifecycleTests(KeyedGateway gateway)
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_byAnOperator_givesAKeyThatOpensWhatItMay()
    {
        using var admin = await AdminAsync("local", CallerRole.Operator);
        var made = await MakeAsync(admin, new { tenant = "made", name = "laptop", expiresInSeconds = 3600 });
        using var user = gateway.CreateClient(made.GetProperty("key").GetString());

        Assert.Equal(HttpStatusCode.OK, (await user.GetAsync("v1/models")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await user.GetAsync("admin/keys")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await user.GetAsync("api/cluster")).StatusCode);
        Assert.Equal(["chat"], made.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.Equal(3600, (made.GetProperty("expiresAt").GetDateTimeOffset() - made.GetProperty("createdAt").GetDateTimeOffset()).TotalSeconds);
        var listed = (await admin.GetFromJsonAsync<JsonElement>("admin/keys?tenant=made"))[0];
        Assert.Equal(made.GetProperty("id").GetString(), listed.GetProperty("id").GetString());
        Assert.False(listed.TryGetProperty("key", out _));
        Assert.False(listed.TryGetProperty("hash", out _));
    }

    [Theory]
    [InlineData("""{"name":""}""", HttpStatusCode.BadRequest)]
    [InlineData("""{}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"name":"x","color":"red"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"name":"x","role":"emperor"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"name":"x","scopes":["everything"]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"name":"x","scopes":[]}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"name":"x","expiresInSeconds":0}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"name":"x","role":"operator"}""", HttpStatusCode.Forbidden)]
    [InlineData("""{"name":"x","tenant":"other"}""", HttpStatusCode.Forbidden)]
    public async Task Create_ofWhatCannotBe_isRefused(string body, HttpStatusCode status)
    {
        using var admin = await AdminAsync("acme");
        using var response = await admin.PostAsync("admin/keys", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(status, response.StatusCode);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData(".hidden")]
    public async Task Create_forATenantThatCannotBe_isRefused(string tenant)
    {
        using var admin = await AdminAsync("local", CallerRole.Operator);
        using var response = await admin.PostAsJsonAsync("admin/keys", new { tenant, name = "x" });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Rotate_withOverlap_leavesBothForAWhile()
    {
        using var admin = await AdminAsync("acme");
        var old = await gateway.CreateKeyAsync("acme");
        var made = await RotateAsync(admin, old.Id, new { overlapSeconds = 600 });

        Assert.Equal(HttpStatusCode.OK, await ModelsAsync(old.ToString()));
        Assert.Equal(HttpStatusCode.OK, await ModelsAsync(made.GetProperty("key").GetString()!));
        Assert.Contains(made.GetProperty("id").GetString()!, (await admin.GetFromJsonAsync<JsonElement>("admin/keys")).EnumerateArray()
            .Where(key => key.GetProperty("id").GetString() == old.Id).Select(key => key.GetProperty("replacedBy").GetString()));
    }

    [Fact]
    public async Task Rotate_withoutOverlap_endsTheOldWithinASecond()
    {
        using var admin = await AdminAsync("acme");
        var old = await gateway.CreateKeyAsync("acme");
        Assert.Equal(HttpStatusCode.OK, await ModelsAsync(old.ToString()));

        var made = await RotateAsync(admin, old.Id, new { overlapSeconds = 0 });

        await AssertEndsAsync(old.ToString());
        Assert.Equal(HttpStatusCode.OK, await ModelsAsync(made.GetProperty("key").GetString()!));
        using var again = await admin.PostAsJsonAsync($"admin/keys/{old.Id}/rotate", new { });
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task Rotate_ofAnOperatorsKeyByATenantsAdmin_isRefused()
    {
        using var admin = await AdminAsync("acme");
        var operators = await gateway.CreateKeyAsync("acme", CallerRole.Operator, KeyScopes.All);
        using var response = await admin.PostAsJsonAsync($"admin/keys/{operators.Id}/rotate", new { });

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("""{"name":"x"}""", KeyScopes.Admin)] // would be chat
    [InlineData("""{"name":"x","scopes":["metrics"]}""", KeyScopes.Chat | KeyScopes.Admin)]
    [InlineData("""{"name":"x","role":"tenant-admin","scopes":["chat","admin","metrics"]}""", KeyScopes.Chat | KeyScopes.Admin)]
    public async Task Create_withScopesThatTheCallerLacks_isRefused_alsoByHisToken(string body, KeyScopes own)
    {
        var less = gateway.CreateClient((await gateway.CreateKeyAsync("acme", CallerRole.TenantAdmin, own)).ToString());
        var narrowed = gateway.CreateClient(await TokenAsync(await gateway.CreateKeyAsync("acme", CallerRole.TenantAdmin, KeyScopes.All), own));
        foreach (var admin in new[] { less, narrowed })
        {
            using (admin)
            {
                using var response = await admin.PostAsync("admin/keys", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
                Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            }
        }
    }

    [Fact]
    public async Task Rotate_orRevoke_ofAKeyWithScopesThatTheCallerLacks_isRefused()
    {
        using var admin = gateway.CreateClient((await gateway.CreateKeyAsync("acme", CallerRole.TenantAdmin, KeyScopes.Chat | KeyScopes.Admin)).ToString());
        var granted = await gateway.CreateKeyAsync("acme", scopes: KeyScopes.Chat | KeyScopes.Metrics);

        using var rotated = await admin.PostAsJsonAsync($"admin/keys/{granted.Id}/rotate", new { overlapSeconds = 0 });
        Assert.Equal(HttpStatusCode.Forbidden, rotated.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await admin.DeleteAsync($"admin/keys/{granted.Id}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, await ModelsAsync(granted.ToString()));
    }

    [Fact]
    public async Task Metrics_areATenantAdminsOnlyIfAnOperatorSaysSo()
    {
        using var @operator = await AdminAsync("local", CallerRole.Operator);
        var usual = await MakeAsync(@operator, new { tenant = "acme", name = "x", role = "tenant-admin" });
        var granted = await MakeAsync(@operator, new { tenant = "acme", name = "x", role = "tenant-admin", scopes = new[] { "chat", "admin", "metrics" } });
        using var without = gateway.CreateClient(usual.GetProperty("key").GetString());
        using var with = gateway.CreateClient(granted.GetProperty("key").GetString());

        Assert.Equal(["chat", "admin"], usual.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        foreach (var path in new[] { "metrics", "api/cluster" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await without.GetAsync(path)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await with.GetAsync(path)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await without.GetAsync("admin/keys")).StatusCode);
        await MakeAsync(with, new { name = "scraper", scopes = new[] { "metrics" } });
    }

    [Fact]
    public async Task Revoke_aKeyInUse_holdsWithinASecondAndCutsWhatRuns()
    {
        using var admin = await AdminAsync("acme");
        var key = await gateway.CreateKeyAsync("acme");
        await using var hub = new HubConnection(key.ToString());
        await hub.StartAsync(new Uri(gateway.Url, "hubs/chat"), Token);
        await hub.InvokeAsync<JsonElement>("Models", Token);

        Assert.Equal(HttpStatusCode.OK, (await admin.DeleteAsync($"admin/keys/{key.Id}")).StatusCode);

        await AssertEndsAsync(key.ToString());
        await Eventually.TrueAsync(() => Task.FromResult(!hub.IsConnected), "the hub's connection was not cut");
        Assert.Equal(HttpStatusCode.OK, (await admin.DeleteAsync($"admin/keys/{key.Id}")).StatusCode); // twice is no error
    }

    [Fact]
    public async Task Rotate_connectionsOfTheOldKeyEndWithTheOverlap_andRequestsGoOn()
    {
        using var admin = await AdminAsync("acme");
        var key = await gateway.CreateKeyAsync("acme");
        await using var hub = new HubConnection(key.ToString());
        await hub.StartAsync(new Uri(gateway.Url, "hubs/chat"), Token);
        await hub.InvokeAsync<JsonElement>("Models", Token);
        using var socket = await SocketClient.ConnectAsync(gateway.Url, key.ToString());
        using var client = gateway.CreateClient(key.ToString());
        var rest = new TaskCompletionSource();
        gateway.Engine.Rest = rest.Task;
        try
        {
            using var response = await StreamAsync(client);
            await RotateAsync(admin, key.Id, new { overlapSeconds = 1 });

            await Eventually.TrueAsync(() => Task.FromResult(!hub.IsConnected), "the hub's connection was not cut");
            await Assert.ThrowsAsync<WebSocketException>(() => socket.ReadAsync());
            rest.SetResult();
            Assert.Contains("[DONE]", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
        finally
        {
            gateway.Engine.Rest = Task.CompletedTask;
            rest.TrySetResult();
        }
    }

    [Fact]
    public async Task TryAdd_ofAKeyThatWasRevokedSinceItWasLookedUp_isRefused()
    {
        var key = await gateway.CreateKeyAsync("acme");
        Assert.Equal(HttpStatusCode.OK, await ModelsAsync(key.ToString()));
        await gateway.Grains.GetGrain<IKeyRingGrain>(KeyId.RingKey(KeyId.RingOfId(key.Id))).RevokeAsync(key.Id);
        await AssertEndsAsync(key.ToString()); // its connections were cut, as far as they were known

        Assert.False(await gateway.Services.GetRequiredService<RunningCallers>().TryAddAsync(new DefaultHttpContext(), key.Id));
    }

    [Fact]
    public async Task Changes_areInTheAuditTrail_withoutSecrets()
    {
        var by = await gateway.CreateKeyAsync("audited", CallerRole.TenantAdmin, KeyScopes.All);
        using var admin = gateway.CreateClient(by.ToString());
        var made = await MakeAsync(admin, new { name = "watched" });
        var id = made.GetProperty("id").GetString()!;
        await RotateAsync(admin, id, new { });
        await admin.DeleteAsync($"admin/keys/{id}", Token);

        var text = await admin.GetStringAsync("admin/audit", Token);
        var entries = JsonDocument.Parse(text).RootElement.EnumerateArray().ToArray();

        Assert.Equal(["key.revoke", "key.rotate", "key.create"], entries.Select(entry => entry.GetProperty("what").GetString()));
        Assert.All(entries, entry => Assert.Equal((by.Id, id), (entry.GetProperty("who").GetString(), entry.GetProperty("target").GetString())));
        Assert.False(entries[2].TryGetProperty("before", out _));
        Assert.False(entries[0].GetProperty("before").TryGetProperty("revokedAt", out _));
        Assert.True(entries[0].GetProperty("after").TryGetProperty("revokedAt", out _));
        Assert.DoesNotContain("gr-", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hash", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Revoke_whileAStreamRuns_cutsIt()
    {
        using var admin = await AdminAsync("acme");
        var made = await MakeAsync(admin, new { name = "laptop" });
        using var client = gateway.CreateClient(made.GetProperty("key").GetString());
        var rest = new TaskCompletionSource();
        gateway.Engine.Rest = rest.Task;
        try
        {
            using var response = await StreamAsync(client);
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
            for (var line = await reader.ReadLineAsync(Token); !line!.Contains("\"one\"", StringComparison.Ordinal); line = await reader.ReadLineAsync(Token))
            {
            }

            (await admin.DeleteAsync($"admin/keys/{made.GetProperty("id").GetString()}", Token)).EnsureSuccessStatusCode();
            var revoked = TimeProvider.System.GetTimestamp();

            await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync(Token));
            Assert.InRange(TimeProvider.System.GetElapsedTime(revoked), TimeSpan.Zero, Promised);
        }
        finally
        {
            gateway.Engine.Rest = Task.CompletedTask;
            rest.SetResult();
        }
    }

    [Fact]
    public async Task ChangesOfTheCluster_areInTheOperatorsAuditTrail()
    {
        using var admin = await AdminAsync("local", CallerRole.Operator);
        (await admin.PostAsync("admin/zones/test-zone/restore", null, Token)).EnsureSuccessStatusCode();

        var newest = (await admin.GetFromJsonAsync<JsonElement>("admin/audit/cluster?take=1", Token))[0];

        Assert.Equal(("zone.restore", "test-zone"), (newest.GetProperty("what").GetString(), newest.GetProperty("target").GetString()));
    }

    [Fact]
    public async Task Key_afterItsTime_isRefused()
    {
        var key = await gateway.CreateKeyAsync("acme", lifetime: TimeSpan.Zero);

        Assert.Equal(HttpStatusCode.Unauthorized, await ModelsAsync(key.ToString()));
    }

    [Fact]
    public async Task Key_withAnotherSecret_isRefused()
    {
        var key = await gateway.CreateKeyAsync("acme");

        Assert.Equal(HttpStatusCode.Unauthorized, await ModelsAsync((key with { Secret = KeySecret.New("acme").Secret }).ToString()));
        Assert.Equal(HttpStatusCode.Unauthorized, await ModelsAsync(key.ToString()[..^1]));
    }

    [Fact]
    public async Task Key_withScopeMetrics_seesTheClusterAndNothingElse()
    {
        using var client = gateway.CreateClient((await gateway.CreateKeyAsync("acme", scopes: KeyScopes.Metrics)).ToString());

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("api/cluster")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("v1/models")).StatusCode);
    }

    private async Task<HttpClient> AdminAsync(string tenant, CallerRole role = CallerRole.TenantAdmin) =>
        gateway.CreateClient((await gateway.CreateKeyAsync(tenant, role, KeyScopes.All)).ToString());

    /// <summary>A reply that waits for the engine to go on.</summary>
    private static async Task<HttpResponseMessage> StreamAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = EchoGateway.Model, stream = true, messages = new[] { new { role = "user", content = "one two three" } } }),
        };
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    private async Task<string> TokenAsync(KeySecret key, KeyScopes scopes)
    {
        using var client = gateway.CreateClient();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = key.Id,
            ["client_secret"] = key.ToString(),
            ["scope"] = string.Join(' ', ScopeNames.Of(scopes)),
        });
        using var response = await client.PostAsync("oauth/token", form);
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }

    private async Task<HttpStatusCode> ModelsAsync(string key)
    {
        using var client = gateway.CreateClient(key);
        return (await client.GetAsync("v1/models")).StatusCode;
    }

    /// <summary>Asks until it is refused; what was asked later than promised must have been.</summary>
    private async Task AssertEndsAsync(string key)
    {
        var ended = TimeProvider.System.GetTimestamp();
        using var client = gateway.CreateClient(key);
        while (true)
        {
            var age = TimeProvider.System.GetElapsedTime(ended);
            try
            {
                if ((await client.GetAsync("v1/models", Token)).StatusCode == HttpStatusCode.Unauthorized)
                    return;
            }
            catch (HttpRequestException)
            {
                // Cut while it ran.
            }

            Assert.True(age < Promised, $"it still held after {age.TotalMilliseconds} ms");
        }
    }

    private static async Task<JsonElement> MakeAsync(HttpClient admin, object body)
    {
        using var response = await admin.PostAsJsonAsync("admin/keys", body);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<JsonElement> RotateAsync(HttpClient admin, string id, object body)
    {
        using var response = await admin.PostAsJsonAsync($"admin/keys/{id}/rotate", body);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
