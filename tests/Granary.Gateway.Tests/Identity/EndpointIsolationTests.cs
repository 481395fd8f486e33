using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Granary.Gateway.Identity.Keys;
using Granary.Gateway.Tests.Running;
using Granary.Identity;

namespace Granary.Gateway.Tests.Identity;

/// <summary>Every endpoint that there is, found by asking the gateway: without a key, with a wrong one, and with another tenant's.</summary>
[Collection(KeyedGatewayTests.Name)]
public sealed class EndpointIsolationTests(KeyedGateway gateway)
{
    private const string Unknown = "0000000000000000";

    private static readonly string[] Open = ["/health/live", "/health/ready", "/oauth/token", "/openapi.json"];

    private static readonly string[] OfATenant = ["/admin/keys", "/admin/usage", "/admin/audit", "/admin/models", "/admin/sessions"];

    /// <summary>What else may be asked of some endpoints: <c>{id}</c> is the victim's conversation.</summary>
    private static readonly (string Method, string Path, HttpStatusCode User, HttpStatusCode Admin)[] More =
    [
        ("DELETE", "/admin/sessions/{id}?tenant=victim", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ("DELETE", "/admin/sessions/{id}?tenant=victim&user=victim", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ("DELETE", "/admin/sessions/{id}?user=victim", HttpStatusCode.Forbidden, HttpStatusCode.NotFound),
    ];

    /// <summary>What a stranger's user and administrator get, by endpoint, where <c>{id}</c> is the victim's. A new endpoint is missing here until somebody has thought about it.</summary>
    private static readonly Dictionary<string, (HttpStatusCode User, HttpStatusCode Admin)> Expected = new(StringComparer.Ordinal)
    {
        ["GET /health/live"] = (HttpStatusCode.OK, HttpStatusCode.OK),
        ["GET /health/ready"] = (HttpStatusCode.OK, HttpStatusCode.OK),
        ["POST /oauth/token"] = (HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), // asks for a key of its own; TokenEndpointTests
        ["GET /openapi.json"] = (HttpStatusCode.OK, HttpStatusCode.OK),
        ["GET /v1/models"] = (HttpStatusCode.OK, HttpStatusCode.OK),
        ["GET /v1/models/{id}"] = (HttpStatusCode.NotFound, HttpStatusCode.NotFound),
        ["POST /v1/chat/completions"] = (HttpStatusCode.BadRequest, HttpStatusCode.BadRequest),
        ["GET /v1/chat/completions/{id}/events"] = (HttpStatusCode.NotFound, HttpStatusCode.NotFound),
        ["POST /v1/completions"] = (HttpStatusCode.BadRequest, HttpStatusCode.BadRequest),
        ["GET /v1/completions/{id}/events"] = (HttpStatusCode.NotFound, HttpStatusCode.NotFound),
        ["GET /api/cluster"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), // of the whole cluster; KeyLifecycleTests
        ["GET /metrics"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ["GET /hubs/chat/negotiate"] = (HttpStatusCode.MethodNotAllowed, HttpStatusCode.MethodNotAllowed),
        ["POST /hubs/chat/negotiate"] = (HttpStatusCode.OK, HttpStatusCode.OK),
        ["POST /hubs/chat"] = (HttpStatusCode.BadRequest, HttpStatusCode.BadRequest),
        ["GET /hubs/chat"] = (HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), // without the id of a connection; HubIsolationTests go on from here
        ["GET /hubs/socket"] = (HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), // no WebSocket; SocketTests go on from here
        ["POST /admin/silos/{name}/drain"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ["POST /admin/zones/{zone}/evacuate"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ["POST /admin/zones/{zone}/restore"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ["PUT /admin/routing/{policy}"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ["DELETE /admin/routing"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ["GET /admin/profiles"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ["GET /admin/deployments"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ["GET /admin/deployments/{model}/experts"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ["POST /admin/deployments/{model}/plan"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ["PUT /admin/deployments/{model}"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ["DELETE /admin/deployments/{model}"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ["GET /admin/tenants/{tenant}"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), // the victim
        ["PUT /admin/tenants/{tenant}/limits"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ["DELETE /admin/tenants/{tenant}/limits"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ["GET /admin/tenants"] = (HttpStatusCode.Forbidden, HttpStatusCode.OK), // his own alone
        ["PUT /admin/tenants/{tenant}/webhook"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ["DELETE /admin/tenants/{tenant}/webhook"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ["GET /admin/me"] = (HttpStatusCode.Forbidden, HttpStatusCode.OK),
        ["GET /admin/models"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), // with ?tenant=victim
        ["GET /admin/sessions"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), // with ?tenant=victim
        ["DELETE /admin/sessions/{id}"] = (HttpStatusCode.Forbidden, HttpStatusCode.NotFound),
        ["GET /admin/usage"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), // with ?tenant=victim
        ["GET /admin/audit"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), // with ?tenant=victim
        ["GET /admin/audit/cluster"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        ["GET /admin/keys"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), // with ?tenant=victim
        ["POST /admin/keys"] = (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), // for the victim
        ["POST /admin/keys/{id}/rotate"] = (HttpStatusCode.Forbidden, HttpStatusCode.NotFound),
        ["DELETE /admin/keys/{id}"] = (HttpStatusCode.Forbidden, HttpStatusCode.NotFound),
    };

    [Fact]
    public async Task Endpoint_withoutAKeyOrWithAWrongOne_isUnauthorized()
    {
        using var none = gateway.CreateClient();
        using var wrong = gateway.CreateClient(KeySecret.New("victim").ToString());
        using var nonsense = gateway.CreateClient("gr-nonsense");
        using var foreign = gateway.CreateClient("sk-0123456789");
        foreach (var (method, path) in gateway.Endpoints.Where(endpoint => !Open.Contains(endpoint.Path)))
        {
            foreach (var client in new[] { none, wrong, nonsense, foreign })
            {
                using var response = await SendAsync(client, method, Fill(path, Unknown));
                Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"{method} {path} answered {response.StatusCode}");
                Assert.Equal("Bearer", response.Headers.WwwAuthenticate.First().Scheme);
            }
        }
    }

    [Fact]
    public async Task Endpoint_thatThereIsNot_tellsStrangersNothing()
    {
        using var none = gateway.CreateClient();
        using var known = gateway.CreateClient((await gateway.CreateKeyAsync("acme")).ToString());

        Assert.Equal(HttpStatusCode.Unauthorized, (await none.GetAsync("v1/embeddings")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await known.GetAsync("v1/embeddings")).StatusCode);
    }

    [Fact]
    public async Task Endpoint_withAnotherTenantsKey_givesNothingOfTheVictims()
    {
        var victim = await gateway.CreateKeyAsync("victim", CallerRole.TenantAdmin, KeyScopes.All);
        using var own = gateway.CreateClient(victim.ToString());
        var completion = await CompleteAsync(own, "the victim's secret");
        var text = await CompleteTextAsync(own, "the victim's secret");
        var session = await gateway.CreateSessionAsync("victim", "the victim's secret");
        using var user = gateway.CreateClient((await gateway.CreateKeyAsync("thief")).ToString());
        using var admin = gateway.CreateClient((await gateway.CreateKeyAsync("thief", CallerRole.TenantAdmin, KeyScopes.Chat | KeyScopes.Admin)).ToString());

        foreach (var (method, path) in gateway.Endpoints)
        {
            Assert.True(Expected.TryGetValue($"{method} {path}", out var expected), $"{method} {path} is new: say here what another tenant gets there");
            var id = path.StartsWith("/admin/keys", StringComparison.Ordinal) ? victim.Id
                : path.StartsWith("/admin/sessions", StringComparison.Ordinal) ? session
                : path.StartsWith("/v1/completions", StringComparison.Ordinal) ? text : completion;
            Assert.Equal((path, expected), (path, (await StrangerGetsAsync(user, method, path, id), await StrangerGetsAsync(admin, method, path, id))));
        }

        foreach (var (method, path, asUser, asAdmin) in More)
        {
            Assert.Equal((path, asUser, asAdmin), (path, await StrangerGetsAsync(user, method, path, session), await StrangerGetsAsync(admin, method, path, session)));
        }

        Assert.Contains(" secret", await own.GetStringAsync($"v1/chat/completions/{completion}/events"), StringComparison.Ordinal);
        Assert.Contains(" secret", await own.GetStringAsync($"v1/completions/{text}/events"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await own.GetAsync("admin/keys")).StatusCode); // the key was not touched
        Assert.Equal(HttpStatusCode.OK, (await own.DeleteAsync($"admin/sessions/{session}")).StatusCode); // nor was the conversation: it is there to be deleted
    }

    [Fact]
    public async Task Endpoint_askedForAnothersThing_answersAsIfThereWereNone()
    {
        var victim = await gateway.CreateKeyAsync("victim", CallerRole.TenantAdmin, KeyScopes.All);
        using var own = gateway.CreateClient(victim.ToString());
        var completion = await CompleteAsync(own, "a secret");
        var none = completion[..^6] + (completion.EndsWith("000010", StringComparison.Ordinal) ? "100010" : "000010");
        using var thief = gateway.CreateClient((await gateway.CreateKeyAsync("thief", CallerRole.TenantAdmin, KeyScopes.All)).ToString());

        Assert.Equal(await BodyAsync(thief, "GET", $"/v1/chat/completions/{none}/events", none), await BodyAsync(thief, "GET", $"/v1/chat/completions/{completion}/events", completion));
        Assert.Equal(await BodyAsync(thief, "DELETE", $"/admin/keys/{Unknown}", Unknown), await BodyAsync(thief, "DELETE", $"/admin/keys/{victim.Id}", victim.Id));
    }

    [Fact]
    public async Task Prompt_ofEachTenant_isHashedWithASaltOfItsOwn()
    {
        var salts = new List<string>();
        foreach (var tenant in new[] { "acme", "globex", "acme" })
        {
            using var client = gateway.CreateClient((await gateway.CreateKeyAsync(tenant)).ToString());
            await CompleteAsync(client, "the same prompt");
            salts.Add(gateway.Engine.Last.Request.CacheSalt);
        }

        Assert.Equal(salts[0], salts[2]);
        Assert.NotEqual(salts[0], salts[1]);
    }

    [Theory]
    [InlineData("""{"model":"echo","messages":[{"role":"user","content":"x"}],"cache_salt":"acme"}""")]
    [InlineData("""{"model":"echo","messages":[{"role":"user","content":"x"}],"tenant":"acme"}""")]
    public async Task Prompt_withASaltOfTheCallers_isRefused(string body)
    {
        using var client = gateway.CreateClient((await gateway.CreateKeyAsync("globex")).ToString());
        using var response = await client.PostAsync("v1/chat/completions", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private async Task<HttpStatusCode> StrangerGetsAsync(HttpClient client, string method, string path, string id)
    {
        using var response = await SendAsync(client, method, Fill(path, id) + (OfATenant.Contains(path) ? "?tenant=victim" : ""));
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(!body.Contains("victim", StringComparison.Ordinal), $"{method} {path} answered {body}");
        return response.StatusCode;
    }

    private static async Task<string> BodyAsync(HttpClient client, string method, string path, string id)
    {
        using var response = await SendAsync(client, method, path);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return $"{response.StatusCode} {string.Join(' ', body.EnumerateObject().Where(member => member.Name != "traceId"))}".Replace(id, "ID", StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string method, string path)
    {
        var body = path.StartsWith("/admin/keys?", StringComparison.Ordinal) ? new { tenant = "victim", name = "mine now" } : (object)new { };
        return client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path) { Content = method is "POST" ? JsonContent.Create(body) : method is "PUT" && path.EndsWith("/webhook", StringComparison.Ordinal) ? JsonContent.Create(new { url = "https://example.com" }) : null });
    }

    private static string Fill(string path, string id)
    {
        path = path.Replace("{tenant}", "victim", StringComparison.Ordinal);
        var begin = path.IndexOf('{', StringComparison.Ordinal);
        return begin < 0 ? path : path[..begin] + id + path[(path.IndexOf('}', begin) + 1)..];
    }

    private static async Task<string> CompleteAsync(HttpClient client, string text)
    {
        using var response = await client.PostAsJsonAsync("v1/chat/completions", new { model = EchoGateway.Model, messages = new[] { new { role = "user", content = text } } });
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private static async Task<string> CompleteTextAsync(HttpClient client, string text)
    {
        using var response = await client.PostAsJsonAsync("v1/completions", new { model = EchoGateway.Model, prompt = $"<|im_start|>user\n{text}<|im_end|>", max_tokens = 100 });
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }
}
