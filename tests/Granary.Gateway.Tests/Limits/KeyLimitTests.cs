using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Granary.Gateway.Tests.Running;
using Granary.Gateway.Tests.Sockets;
using Granary.Host.Chat;

namespace Granary.Gateway.Tests.Limits;

/// <summary>The bounds of one key, over everything that it can come by.</summary>
public sealed class KeyLimitTests : IAsyncLifetime
{
    private readonly KeyedGateway _gateway = new() { Settings = { ["Granary:Gateway:MaxRequestsPerKey"] = "2", ["Granary:Gateway:MaxConnectionsPerKey"] = "2" } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _gateway.InitializeAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Key_withAsManyRequestsAsItMay_isRefusedOverHttpHubAndSocket_andOthersAreNot()
    {
        var key = (await _gateway.CreateKeyAsync("acme")).ToString();
        using var client = _gateway.CreateClient(key);
        using var other = _gateway.CreateClient((await _gateway.CreateKeyAsync("acme")).ToString());
        await using var hub = await ConnectAsync(key);
        using var socket = await SocketClient.ConnectAsync(_gateway.Url, key);
        using var first = new HeldContent();
        using var second = new HeldContent();
        var running = new[] { client.PostAsync("v1/chat/completions", first, Token), client.PostAsync("v1/chat/completions", second, Token) };
        await Task.WhenAll(first.Begun, second.Begun);
        await Eventually.TrueAsync(async () => (await client.GetAsync("v1/models", Token)).StatusCode == HttpStatusCode.TooManyRequests, "it was never refused");

        using var refused = await client.GetAsync("v1/models", Token);
        var error = JsonDocument.Parse(await refused.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("error");
        Assert.Equal((HttpStatusCode.TooManyRequests, "rate_limit_exceeded"), (refused.StatusCode, error.GetProperty("code").GetString()));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.StartsWith("req_", Assert.Single(refused.Headers.GetValues("x-request-id")), StringComparison.Ordinal);
        Assert.Equal("rate_limit_exceeded", (await Assert.ThrowsAsync<HubException>(() => hub.InvokeAsync<JsonElement>("Models", Token))).Code);
        Assert.Equal("rate_limit_exceeded", await socket.RefusalAsync(new { id = "1", type = "create" }));
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("v1/models", Token)).StatusCode);

        first.Release();
        second.Release();
        Assert.All(await Task.WhenAll(running), response => Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode));
        await Eventually.TrueAsync(async () => (await client.GetAsync("v1/models", Token)).StatusCode == HttpStatusCode.OK, "what ended made no room");
        await hub.InvokeAsync<JsonElement>("Models", Token);
        Assert.Null(await socket.RefusalAsync(new { id = "2", type = "create" }));
    }

    [Fact]
    public async Task Key_withAsManyConnectionsAsItMay_getsNoMore()
    {
        var key = (await _gateway.CreateKeyAsync("acme")).ToString();
        await using var hub = await ConnectAsync(key);
        var socket = await SocketClient.ConnectAsync(_gateway.Url, key);

        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(key));
        await Assert.ThrowsAsync<WebSocketException>(() => SocketClient.ConnectAsync(_gateway.Url, key));
        (await SocketClient.ConnectAsync(_gateway.Url, (await _gateway.CreateKeyAsync("acme")).ToString())).Dispose();

        socket.Dispose();
        await Eventually.TrueAsync(() => OpensAsync(key), "a connection that was closed made no room");
    }

    private async Task<bool> OpensAsync(string key)
    {
        try
        {
            (await SocketClient.ConnectAsync(_gateway.Url, key)).Dispose();
            return true;
        }
        catch (WebSocketException)
        {
            return false;
        }
    }

    private async Task<HubConnection> ConnectAsync(string key)
    {
        var hub = new HubConnection(key);
        await hub.StartAsync(new Uri(_gateway.Url, "hubs/chat"), Token);
        return hub;
    }

    /// <summary>A body whose beginning is sent, and whose end waits.</summary>
    private sealed class HeldContent : HttpContent
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _rest = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public HeldContent() => Headers.ContentType = new("application/json");

        public Task Begun => _begun.Task;

        public void Release() => _rest.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("{"u8.ToArray(), Token);
            await stream.FlushAsync(Token);
            _begun.TrySetResult();
            await _rest.Task;
            await stream.WriteAsync("}"u8.ToArray(), Token);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
