using System.Net.WebSockets;
using System.Reflection;
using System.Text.Json;
using Granary.Gateway.Chat;
using Granary.Gateway.Identity.Keys;
using Granary.Gateway.Tests.Running;
using Granary.Host.Chat;

namespace Granary.Gateway.Tests.Identity;

/// <summary>Every method that the hub has, with another tenant's conversation.</summary>
[Collection(KeyedGatewayTests.Name)]
public sealed class HubIsolationTests(KeyedGateway gateway)
{
    private const string Refusal = "session_not_found";

    /// <summary>What a method does with another's conversation; <see langword="null"/>: it takes none. A new method is missing here until somebody has thought about it.</summary>
    private static readonly Dictionary<string, Func<HubConnection, string, Task<string>>?> Methods = new(StringComparer.Ordinal)
    {
        ["Models"] = null,
        ["Gateways"] = null,
        ["Create"] = null,
        ["List"] = null, // looked at below, and in IssuerTests for users
        ["Send"] = (hub, id) => CodeAsync(() => ReadAsync(hub, "Send", id, new { text = "Hello" })),
        ["Resume"] = (hub, id) => CodeAsync(() => ReadAsync(hub, "Resume", id, 0, 0)),
        ["History"] = (hub, id) => CodeAsync(() => hub.InvokeAsync<JsonElement>("History", Token, id)),
        ["Stop"] = (hub, id) => CodeAsync(() => hub.InvokeAsync<JsonElement>("Stop", Token, id)),
        ["Complete"] = null,
        ["Follow"] = (hub, id) => CodeAsync(() => ReadAsync(hub, "Follow", id, "")), // a completion's id, below
        ["Delete"] = (hub, id) => CodeAsync(() => hub.InvokeAsync<JsonElement>("Delete", Token, id)),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Method_withAnotherTenantsConversation_doesWhatItDoesWithNone()
    {
        await using var own = await ConnectAsync((await gateway.CreateKeyAsync("victim")).ToString());
        var id = (await own.InvokeAsync<JsonElement>("Create", Token, new { model = EchoGateway.Model, title = "Secrets" })).GetProperty("id").GetString()!;
        await ReadAsync(own, "Send", id, new { text = "the victim's secret" });
        await using var thief = await ConnectAsync((await gateway.CreateKeyAsync("thief")).ToString());

        foreach (var method in typeof(ChatHub).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(method => !method.IsSpecialName))
        {
            Assert.True(Methods.TryGetValue(method.Name, out var call), $"{method.Name} is new: say here what it does with another tenant's conversation");
            if (call is not null)
                Assert.Equal(await call(thief, Guid.NewGuid().ToString("N")), await call(thief, id));
        }

        Assert.Equal(0, (await thief.InvokeAsync<JsonElement>("List", Token, 0, 500)).GetArrayLength());
        Assert.Contains(id, (await own.InvokeAsync<JsonElement>("List", Token, 0, 500)).EnumerateArray().Select(item => item.GetProperty("id").GetString()));
        Assert.Contains("the victim's secret", (await own.InvokeAsync<JsonElement>("History", Token, id)).ToString(), StringComparison.Ordinal);
        Assert.Equal(Refusal, await Methods["History"]!(thief, id));
    }

    [Fact]
    public async Task Follow_ofAnotherTenantsCompletion_isToldThatThereIsNone()
    {
        await using var own = await ConnectAsync((await gateway.CreateKeyAsync("victim")).ToString());
        var id = "";
        var start = new { body = new { model = EchoGateway.Model, messages = new[] { new { role = "user", content = "secret" } } } };
        await foreach (var item in own.StreamAsync<JsonElement>("Complete", [start], Token))
            id = item.GetProperty("event").GetProperty("id").GetString()!;
        await using var thief = await ConnectAsync((await gateway.CreateKeyAsync("thief")).ToString());

        Assert.Equal("completion_not_found", await Methods["Follow"]!(thief, id));
        Assert.Equal("", await Methods["Follow"]!(own, id));
    }

    [Theory]
    [InlineData("../victim/")]
    [InlineData("victim/")]
    public async Task Session_withAPathToAnothers_isNone(string prefix)
    {
        await using var own = await ConnectAsync((await gateway.CreateKeyAsync("victim")).ToString());
        var id = (await own.InvokeAsync<JsonElement>("Create", Token, new { model = EchoGateway.Model })).GetProperty("id").GetString()!;
        await using var thief = await ConnectAsync((await gateway.CreateKeyAsync("thief")).ToString());

        Assert.Equal(Refusal, await CodeAsync(() => thief.InvokeAsync<JsonElement>("History", Token, prefix + id)));
    }

    [Fact]
    public async Task Session_ofATenant_isThereForAnotherKeyOfIt()
    {
        await using var one = await ConnectAsync((await gateway.CreateKeyAsync("acme")).ToString());
        var created = await one.InvokeAsync<JsonElement>("Create", Token, new { model = EchoGateway.Model });
        await using var two = await ConnectAsync((await gateway.CreateKeyAsync("acme")).ToString());

        var history = await two.InvokeAsync<JsonElement>("History", Token, created.GetProperty("id").GetString());

        Assert.Equal(created.ToString(), history.GetProperty("session").ToString());
    }

    [Fact]
    public async Task Connect_withoutAKeyOrWithAWrongOne_isUnauthorized()
    {
        foreach (var key in new[] { null, KeySecret.New("victim").ToString(), "none" })
            Assert.Equal("invalid_api_key", (await Assert.ThrowsAsync<HubException>(() => ConnectAsync(key))).Code);
    }

    [Fact]
    public async Task Connect_withTheKeyInTheQuery_isAuthenticated()
    {
        var key = await gateway.CreateKeyAsync("acme");
        using var right = new ClientWebSocket();
        await right.ConnectAsync(new Uri($"ws://{gateway.Url.Authority}/hubs/chat?access_token={key}"), Token);
        using var wrong = new ClientWebSocket();

        Assert.Equal(WebSocketState.Open, right.State);
        await Assert.ThrowsAsync<WebSocketException>(() => wrong.ConnectAsync(new Uri($"ws://{gateway.Url.Authority}/v1/models?access_token={key}"), Token));
    }

    private async Task<HubConnection> ConnectAsync(string? key)
    {
        var hub = new HubConnection(key);
        await hub.StartAsync(new Uri(gateway.Url, "hubs/chat"), Token);
        return hub;
    }

    private static async Task ReadAsync(HubConnection hub, string method, params object?[] arguments)
    {
        await foreach (var _ in hub.StreamAsync<JsonElement>(method, arguments, Token))
        {
        }
    }

    private static async Task<string> CodeAsync(Func<Task> call)
    {
        try
        {
            await call();
            return "";
        }
        catch (HubException refusal)
        {
            return refusal.Code;
        }
    }
}
