using System.Net.Http.Json;
using System.Text.Json;
using Granary.Audit;
using Granary.Gateway.Tests.Running;
using Granary.Identity;
using Granary.Serving;
using Granary.Sessions;
using Granary.Shards;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Granary.Gateway.Tests.Admin;

/// <summary>Who hangs up while his change is made does not spare himself its entry in the audit trail.</summary>
public sealed class AbandonedChangeTests(AbandonedChangeTests.Gateway gateway) : IClassFixture<AbandonedChangeTests.Gateway>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("POST", "admin/keys", """{"name":"x"}""", "IKeyRingGrain.AddAsync", "key.create")]
    [InlineData("POST", "admin/keys/{key}/rotate", "{}", "IKeyRingGrain.RotateAsync", "key.rotate")]
    [InlineData("DELETE", "admin/keys/{key}", null, "IKeyRingGrain.RevokeAsync", "key.revoke")]
    [InlineData("PUT", "admin/tenants/local/limits", """{"tokensPerDay":1000}""", "ITenantGrain.SetLimitsAsync", "limits.set")]
    [InlineData("DELETE", "admin/tenants/local/limits", null, "ITenantGrain.SetLimitsAsync", "limits.clear")]
    [InlineData("PUT", "admin/tenants/local/webhook", """{"url":"https://example.com/x"}""", "ITenantGrain.SetWebhookAsync", "webhook.set")]
    [InlineData("DELETE", "admin/tenants/local/webhook", null, "ITenantGrain.SetWebhookAsync", "webhook.clear")]
    [InlineData("DELETE", "admin/sessions/{session}", null, "ISessionGrain.DeleteAsync", "session.delete")]
    [InlineData("POST", "admin/zones/test-zone/restore", null, "IClusterControlGrain.RestoreAsync", "zone.restore")]
    public async Task Change_whoseCallerHangsUp_isInTheAuditTrail(string method, string path, string? body, string grainMethod, string what)
    {
        using var client = gateway.CreateClient();
        path = await FillAsync(client, path);
        var trail = gateway.Trail(what is "zone.restore" ? IAuditGrain.ClusterKey : "local");
        var before = await CountAsync(trail, what);
        var held = gateway.Calls.Hold(grainMethod);

        using var hangUp = new CancellationTokenSource();
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        var answer = client.SendAsync(request, hangUp.Token);
        await Task.WhenAny(held.Entered.Task, answer).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.True(held.Entered.Task.IsCompleted, "the change was not made");
        await hangUp.CancelAsync();
        await held.Aborted.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        held.Released.SetResult();

        await Eventually.TrueAsync(async () => await CountAsync(trail, what) == before + 1, $"the audit trail has no {what}");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    private static async Task<int> CountAsync(IAuditGrain trail, string what) => (await trail.ListAsync(1000)).Count(entry => entry.What == what);

    private async Task<string> FillAsync(HttpClient client, string path)
    {
        if (path.Contains("{key}", StringComparison.Ordinal))
        {
            using var made = await client.PostAsJsonAsync("admin/keys", new { name = "x" });
            return path.Replace("{key}", (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString(), StringComparison.Ordinal);
        }

        var id = Guid.NewGuid().ToString("N");
        if (path.Contains("{session}", StringComparison.Ordinal))
            await gateway.Grains.GetGrain<ISessionGrain>(OwnedKey.Of("local", id)).CreateAsync(new CreateSession { Owner = "local", Model = EchoGateway.Model, Title = "x" });
        return path.Replace("{session}", id, StringComparison.Ordinal);
    }

    public sealed class Gateway : IAsyncLifetime
    {
        private RunningGateway _gateway = null!;

        internal HeldCalls Calls { get; } = new();

        public IGrainFactory Grains => _gateway.Grains;

        public HttpClient CreateClient() => _gateway.CreateClient();

        public IAuditGrain Trail(string of) => Grains.GetGrain<IAuditGrain>(of);

        public async ValueTask InitializeAsync()
        {
            _gateway = await RunningGateway.StartAsync(new() { ["Granary:Models:Serve:0"] = EchoGateway.Model }, services =>
            {
                services.AddSingleton<ILocalModelLoader, EchoModelLoader>();
                services.AddSingleton<IIncomingGrainCallFilter>(Calls);
                services.AddSingleton<IStartupFilter>(Calls);
            });
            await Eventually.TrueAsync(async () => (await Grains.GetGrain<IModelGrain>(EchoGateway.Model).GetReplicasAsync()).Length == 1, "the echoing model was not ready");
        }

        public ValueTask DisposeAsync() => _gateway.DisposeAsync();
    }
}
