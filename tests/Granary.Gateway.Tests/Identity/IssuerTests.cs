using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Gateway.Identity.Issuers;
using Granary.Gateway.Tests.Running;
using Granary.Host.Chat;
using Microsoft.IdentityModel.Tokens;

namespace Granary.Gateway.Tests.Identity;

/// <summary>Tokens of an OpenID provider.</summary>
[Collection(KeyedGatewayTests.Name)]
public sealed class IssuerTests(KeyedGateway gateway)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private TestIssuer Issuer => gateway.Issuer;

    [Theory]
    [InlineData("rsa")]
    [InlineData("curve")]
    public async Task Token_ofTheProvider_isTaken(string key)
    {
        var token = Issuer.Token(Claims(), key == "rsa" ? Issuer.WithRsa : Issuer.WithCurve, Hour);

        Assert.Equal(HttpStatusCode.OK, await ModelsAsync(token));
    }

    [Theory]
    [InlineData(-20, HttpStatusCode.OK)] // within the skew of half a minute
    [InlineData(-60, HttpStatusCode.Unauthorized)]
    public async Task Token_afterItsTime_isTakenWithinTheClocksSkew(int seconds, HttpStatusCode status) =>
        Assert.Equal(status, await ModelsAsync(Issuer.Token(Claims(), Issuer.WithRsa, TimeSpan.FromSeconds(seconds))));

    [Fact]
    public async Task Token_thatIsNotForUs_isRefused()
    {
        using var other = RSA.Create(2048);
        using var sameName = RSA.Create(2048);
        var publicKey = Encoding.UTF8.GetBytes(Issuer.Rsa.ExportSubjectPublicKeyInfoPem());
        string[] tokens =
        [
            Issuer.Token(Claims(), Issuer.WithRsa, Hour, audience: "another"),
            Issuer.Token(Claims(), Issuer.WithRsa, Hour, issuer: "https://elsewhere.example.com"),
            Issuer.Token(Claims(), new(new RsaSecurityKey(other) { KeyId = "unknown" }, SecurityAlgorithms.RsaSha256), Hour),
            Issuer.Token(Claims(), new(new RsaSecurityKey(sameName) { KeyId = "rsa" }, SecurityAlgorithms.RsaSha256), Hour),
            Issuer.Token(Claims(), new(new SymmetricSecurityKey(publicKey) { KeyId = "rsa" }, SecurityAlgorithms.HmacSha256), Hour),
            Unsigned(),
            Issuer.Token(Claims(), Issuer.WithRsa, Hour)[..^8] + "AAAAAAAA",
        ];

        foreach (var token in tokens)
            Assert.Equal(HttpStatusCode.Unauthorized, await ModelsAsync(token));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("two words")]
    public async Task Token_withoutATenantThatCanBe_isRefused(string? tenant)
    {
        var claims = Claims();
        claims.Remove("tenant");
        if (tenant is not null)
            claims["tenant"] = tenant;

        Assert.Equal(HttpStatusCode.Unauthorized, await ModelsAsync(Issuer.Token(claims, Issuer.WithRsa, Hour)));
    }

    [Fact]
    public async Task Token_withRoles_givesNoHigherThanTheProviderMay()
    {
        using var user = gateway.CreateClient(Issuer.Token(Claims(), Issuer.WithRsa, Hour));
        using var admin = gateway.CreateClient(Issuer.Token(Claims(roles: ["tenant-admin"]), Issuer.WithRsa, Hour));
        using var wouldBe = gateway.CreateClient(Issuer.Token(Claims(roles: ["operator", "x"]), Issuer.WithRsa, Hour));

        Assert.Equal(HttpStatusCode.Forbidden, (await user.GetAsync("admin/keys")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("admin/keys")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await wouldBe.GetAsync("admin/keys")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await wouldBe.GetAsync("admin/keys?tenant=other")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await wouldBe.GetAsync("metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await wouldBe.PostAsync("admin/zones/test-zone/restore", null)).StatusCode);
    }

    [Fact]
    public async Task Conversations_ofUsersOfOneTenant_areEachUsersOwn()
    {
        await using var ann = await ConnectAsync("ann");
        var id = (await ann.InvokeAsync<JsonElement>("Create", default, new { model = EchoGateway.Model })).GetProperty("id").GetString();
        await using var bob = await ConnectAsync("bob");
        await using var annAgain = await ConnectAsync("ann");

        Assert.Equal("session_not_found", (await Assert.ThrowsAsync<HubException>(() => bob.InvokeAsync<JsonElement>("History", default, id))).Code);
        Assert.Equal(id, (await annAgain.InvokeAsync<JsonElement>("History", default, id)).GetProperty("session").GetProperty("id").GetString());
    }

    [Fact]
    public void User_ofWhateverSubject_isCalledByWhatAUserCanBeCalled()
    {
        var issuer = new IssuerOptions { Authority = "https://login.example.com", Audience = TestIssuer.Audience };
        for (var subject = 0; subject < 1000; subject++)
        {
            var token = new ClaimsPrincipal(new ClaimsIdentity([new("sub", $"{subject}"), new("tenant", "acme")]));
            Assert.True(IssuerCaller.TryRead(issuer, token, out var caller, out _));
            Assert.True(IssuerCaller.IsUser(caller.User!), caller.User);
        }

        Assert.All(["", "*", "../acme", new string('a', 21), new string('/', 22)], text => Assert.False(IssuerCaller.IsUser(text)));
    }

    [Fact]
    public async Task Conversation_ofAUser_isListedForHimAndHisAdministratorsAlone()
    {
        var tenant = $"t{Guid.NewGuid():N}";
        await using var ann = await ConnectAsync("ann", tenant);
        var id = await CreateAsync(ann);
        await using var byKey = await ConnectByKeyAsync(tenant);
        var tenants = await CreateAsync(byKey);
        await using var bob = await ConnectAsync("bob", tenant);
        await using var admin = await ConnectAsync("ada", tenant, "tenant-admin");
        await using var stranger = await ConnectAsync("ann", "another");

        Assert.Equal([id], await ListAsync(ann));
        Assert.Equal([tenants], await ListAsync(byKey));
        Assert.Empty(await ListAsync(bob));
        Assert.Empty(await ListAsync(admin)); // as a caller of the hub he has his own
        Assert.DoesNotContain(id, await ListAsync(stranger));

        using var user = Client("ann", tenant);
        using var administrator = Client("ada", tenant, "tenant-admin");
        using var elsewhere = Client("ada", "another", "tenant-admin");
        Assert.Equal(HttpStatusCode.Forbidden, (await user.GetAsync("admin/sessions")).StatusCode);
        Assert.DoesNotContain(id, await elsewhere.GetStringAsync("admin/sessions"), StringComparison.Ordinal);
        var text = await administrator.GetStringAsync("admin/sessions");
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        var listed = JsonSerializer.Deserialize<JsonElement[]>(text)!;
        Assert.Equal([tenants, id], listed.Select(session => session.GetProperty("id").GetString()));
        Assert.False(listed[0].TryGetProperty("user", out _));
        var name = listed[1].GetProperty("user").GetString();
        using var first = await administrator.GetAsync("admin/sessions?take=1");
        var next = Assert.Single(first.Headers.GetValues("Link")).Split('<', '>')[1];
        Assert.Equal([id], (await administrator.GetFromJsonAsync<JsonElement[]>($"admin/sessions{next}"))!.Select(session => session.GetProperty("id").GetString()));
        Assert.Equal(HttpStatusCode.BadRequest, (await administrator.GetAsync("admin/sessions?after=1")).StatusCode);

        Assert.Equal(HttpStatusCode.NotFound, (await elsewhere.DeleteAsync($"admin/sessions/{id}?user={name}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await elsewhere.DeleteAsync($"admin/sessions/{id}?user={name}&tenant={tenant}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await administrator.DeleteAsync($"admin/sessions/{id}")).StatusCode); // the keys have none of that id
        Assert.Equal(HttpStatusCode.NotFound, (await administrator.DeleteAsync($"admin/sessions/{id}?user=..%2F{name}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await administrator.DeleteAsync($"admin/sessions/{id}?user={name}")).StatusCode);

        Assert.Empty(await ListAsync(ann));
        Assert.DoesNotContain(id, await administrator.GetStringAsync("admin/sessions"), StringComparison.Ordinal);
    }

    private static async Task<string> CreateAsync(HubConnection hub) =>
        (await hub.InvokeAsync<JsonElement>("Create", default, new { model = EchoGateway.Model, title = "a secret title" })).GetProperty("id").GetString()!;

    private static async Task<string[]> ListAsync(HubConnection hub) =>
        [.. (await hub.InvokeAsync<JsonElement>("List", default, 0, 500)).EnumerateArray().Select(session => session.GetProperty("id").GetString()!)];

    private HttpClient Client(string subject, string tenant, params string[] roles) => gateway.CreateClient(Issuer.Token(Claims(subject, roles, tenant), Issuer.WithRsa, Hour));

    private static Dictionary<string, object> Claims(string subject = "someone", string[]? roles = null, string tenant = "acme")
    {
        var claims = new Dictionary<string, object> { ["sub"] = subject, ["tenant"] = tenant };
        if (roles is not null)
            claims["roles"] = roles;
        return claims;
    }

    private string Unsigned()
    {
        var parts = Issuer.Token(Claims(), Issuer.WithRsa, Hour).Split('.');
        return $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{parts[1]}.";
    }

    private Task<HubConnection> ConnectAsync(string subject, string tenant = "acme", params string[] roles) => StartAsync(Issuer.Token(Claims(subject, roles, tenant), Issuer.WithRsa, Hour));

    private async Task<HubConnection> ConnectByKeyAsync(string tenant) => await StartAsync((await gateway.CreateKeyAsync(tenant)).ToString());

    private async Task<HubConnection> StartAsync(string token)
    {
        var hub = new HubConnection(token);
        await hub.StartAsync(new Uri(gateway.Url, "hubs/chat"), TestContext.Current.CancellationToken);
        return hub;
    }

    private async Task<HttpStatusCode> ModelsAsync(string token)
    {
        using var client = gateway.CreateClient(token);
        return (await client.GetAsync("v1/models")).StatusCode;
    }
}
