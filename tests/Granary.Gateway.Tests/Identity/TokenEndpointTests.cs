using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Granary.Gateway.Identity.Keys;
using Granary.Gateway.Tests.Running;
using Granary.Identity;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Granary.Gateway.Tests.Identity;

/// <summary>OAuth 2.0 client credentials.</summary>
[Collection(KeyedGatewayTests.Name)]
public sealed class TokenEndpointTests(KeyedGateway gateway)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Token_forAKey_opensWhatTheKeyOpens(bool basic)
    {
        var key = await gateway.CreateKeyAsync("acme");
        using var response = await AskAsync(key, basic: basic);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.Equal(("Bearer", 900, "chat"), (answer.GetProperty("token_type").GetString(), answer.GetProperty("expires_in").GetInt32(), answer.GetProperty("scope").GetString()));
        Assert.Equal(HttpStatusCode.OK, await ModelsAsync(answer.GetProperty("access_token").GetString()!));
    }

    [Fact]
    public async Task Token_withFewerScopes_opensFewerThings()
    {
        var key = await gateway.CreateKeyAsync("acme", CallerRole.TenantAdmin, KeyScopes.All);
        using var client = gateway.CreateClient(await TokenAsync(key, "metrics"));

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("api/cluster")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("v1/models")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("admin/keys")).StatusCode);
    }

    [Fact]
    public async Task Token_ofARevokedKey_endsWithItWithinASecond()
    {
        var key = await gateway.CreateKeyAsync("acme");
        var token = await TokenAsync(key);
        Assert.Equal(HttpStatusCode.OK, await ModelsAsync(token));
        using var admin = gateway.CreateClient((await gateway.CreateKeyAsync("acme", CallerRole.TenantAdmin, KeyScopes.All)).ToString());

        (await admin.DeleteAsync($"admin/keys/{key.Id}")).EnsureSuccessStatusCode();

        var ended = TimeProvider.System.GetTimestamp();
        var (lastTaken, asked) = (TimeSpan.Zero, TimeProvider.System.GetElapsedTime(ended));
        while (await ModelsOrCutAsync(token) == HttpStatusCode.OK)
            (lastTaken, asked) = (asked, TimeProvider.System.GetElapsedTime(ended));
        Assert.InRange(lastTaken, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(key)).StatusCode);
    }

    [Fact]
    public async Task Token_ofAKeyThatEndsSoon_endsWithIt()
    {
        var key = await gateway.CreateKeyAsync("acme", lifetime: TimeSpan.FromMinutes(1));
        var answer = await (await AskAsync(key)).Content.ReadFromJsonAsync<JsonElement>();

        Assert.InRange(answer.GetProperty("expires_in").GetInt32(), 1, 60);
    }

    [Theory]
    [InlineData("grant_type=password", "unsupported_grant_type", HttpStatusCode.BadRequest)]
    [InlineData("grant_type=client_credentials", "invalid_client", HttpStatusCode.Unauthorized)]
    [InlineData("grant_type=client_credentials&client_id=0123456789abcdef&client_secret=x", "invalid_client", HttpStatusCode.Unauthorized)]
    public async Task Request_thatCannotBe_isRefusedAsTheStandardSays(string form, string error, HttpStatusCode status)
    {
        using var client = gateway.CreateClient();
        using var response = await client.PostAsync("oauth/token", new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded"));

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(error, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("chat admin")]
    [InlineData("everything")]
    public async Task Request_forScopesThatTheKeyLacks_isRefused(string scope)
    {
        using var response = await AskAsync(await gateway.CreateKeyAsync("acme"), scope);

        Assert.Equal("invalid_scope", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Token_signedByAnotherOrNotAtAll_isRefused()
    {
        var key = await gateway.CreateKeyAsync("acme");
        var real = new JsonWebToken(await TokenAsync(key));
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = real.Issuer,
            Audience = real.Issuer,
            TokenType = "at+jwt",
            Claims = new Dictionary<string, object> { ["sub"] = key.Id, ["scope"] = "chat" },
            SigningCredentials = new(new SymmetricSecurityKey(new byte[32]), SecurityAlgorithms.HmacSha256),
        };
        var forged = new JsonWebTokenHandler().CreateToken(descriptor);
        descriptor.SigningCredentials = null;
        var unsigned = new JsonWebTokenHandler().CreateToken(descriptor);

        Assert.Equal(HttpStatusCode.Unauthorized, await ModelsAsync(forged));
        Assert.Equal(HttpStatusCode.Unauthorized, await ModelsAsync(unsigned));
    }

    private async Task<string> TokenAsync(KeySecret key, string? scope = null) =>
        (await (await AskAsync(key, scope)).EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;

    private async Task<HttpResponseMessage> AskAsync(KeySecret key, string? scope = null, bool basic = false)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials" };
        using var client = gateway.CreateClient();
        if (basic)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{key.Id}:{key.Secret}")));
        else
            (form["client_id"], form["client_secret"]) = (key.Id, key.ToString());
        if (scope is not null)
            form["scope"] = scope;
        return await client.PostAsync("oauth/token", new FormUrlEncodedContent(form));
    }

    private async Task<HttpStatusCode> ModelsAsync(string token)
    {
        using var client = gateway.CreateClient(token);
        return (await client.GetAsync("v1/models")).StatusCode;
    }

    private async Task<HttpStatusCode> ModelsOrCutAsync(string token)
    {
        try
        {
            return await ModelsAsync(token);
        }
        catch (HttpRequestException)
        {
            return HttpStatusCode.OK; // cut while it ran
        }
    }
}
