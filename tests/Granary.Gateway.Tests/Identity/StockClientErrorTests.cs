using System.ClientModel;
using System.Text.Json;
using Granary.Gateway.Identity.Keys;
using Granary.Gateway.Tests.Running;
using Granary.Identity;
using OpenAI;

namespace Granary.Gateway.Tests.Identity;

/// <summary>How the stock clients see a refusal.</summary>
[Collection(KeyedGatewayTests.Name)]
public sealed class StockClientErrorTests(KeyedGateway gateway)
{
    [Fact]
    public async Task JavaScript_withAWrongKey_raisesAuthenticationError()
    {
        var failure = await NodeScript.RunAsync("openai.cjs", gateway.Url, "listFailure", KeySecret.New("acme").ToString());

        Assert.Equal(("AuthenticationError", 401, "invalid_api_key"), Seen(failure));
        Assert.Equal("invalid_request_error", failure.GetProperty("type").GetString());
    }

    [Fact]
    public async Task JavaScript_withAKeyThatMayNot_raisesPermissionDeniedError()
    {
        var key = await gateway.CreateKeyAsync("acme", scopes: KeyScopes.Metrics);

        Assert.Equal(("PermissionDeniedError", 403, "permission_denied"), Seen(await NodeScript.RunAsync("openai.cjs", gateway.Url, "listFailure", key.ToString())));
    }

    [Fact]
    public async Task Net_withAWrongKeyOrOneThatMayNot_raises401And403()
    {
        var metrics = await gateway.CreateKeyAsync("acme", scopes: KeyScopes.Metrics);
        var wrong = await Assert.ThrowsAsync<ClientResultException>(() => Client(KeySecret.New("acme")).GetOpenAIModelClient().GetModelsAsync(TestContext.Current.CancellationToken));
        var denied = await Assert.ThrowsAsync<ClientResultException>(() => Client(metrics).GetOpenAIModelClient().GetModelsAsync(TestContext.Current.CancellationToken));

        Assert.Equal(401, wrong.Status);
        Assert.Contains("invalid_api_key", wrong.Message, StringComparison.Ordinal);
        Assert.Equal(403, denied.Status);
        Assert.Contains("permission_denied", denied.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignalR_withTheKeyFromItsFactory_converses()
    {
        var key = await gateway.CreateKeyAsync("acme");

        var result = await NodeScript.RunAsync("signalr.cjs", gateway.Url, "listed", key.ToString());
        var refused = await NodeScript.RunAsync("signalr.cjs", gateway.Url, "refusedConnection", "gr-wrong");

        Assert.Equal(JsonValueKind.Array, result.GetProperty("sessions").ValueKind);
        Assert.Contains("401", refused.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static (string?, int, string?) Seen(JsonElement failure) =>
        (failure.GetProperty("error").GetString(), failure.GetProperty("status").GetInt32(), failure.GetProperty("code").GetString());

    private OpenAIClient Client(KeySecret key) => new(new ApiKeyCredential(key.ToString()), new OpenAIClientOptions { Endpoint = new Uri(gateway.Url, "v1") });
}
