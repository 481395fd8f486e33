using System.Collections.Concurrent;
using System.Text.Json;
using Granary.Host.Commands;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Granary.Host.Tests.Commands;

/// <summary>What the command line asks a gateway for, of what administrators do.</summary>
public sealed class AdminCommandTests(AdminCommandTests.Gateway gateway) : IClassFixture<AdminCommandTests.Gateway>
{
    [Theory]
    [InlineData("tenant", "limits", "acme")]
    [InlineData("tenant", "limits", "acme", "--max-output", "4294967297")]
    [InlineData("tenant", "limits", "acme", "--max-context", "4294967297")]
    [InlineData("tenant", "limits", "acme", "--clear", "--max-output", "1")]
    public async Task Limits_withoutAny_orWithWhatNoLimitCanBe_areNotAskedFor(params string[] arguments)
    {
        Assert.Equal(GranaryCommand.UsageError, await RunAsync(arguments));

        Assert.Empty(gateway.Asked);
    }

    [Theory]
    [InlineData("PUT /admin/tenants/acme/limits", "tenant", "limits", "acme", "--max-output", "100")]
    [InlineData("PUT /admin/tenants/acme/limits", "tenant", "limits", "acme", "--model", "m")]
    [InlineData("DELETE /admin/tenants/acme/limits", "tenant", "limits", "acme", "--clear")]
    [InlineData("GET /admin/models?tenant=acme", "tenant", "models", "acme")]
    [InlineData("GET /admin/sessions?take=100", "session", "list")]
    [InlineData("GET /admin/sessions?take=7&tenant=acme", "session", "list", "--tenant", "acme", "--take", "7", "--json")]
    [InlineData("DELETE /admin/sessions/0123?tenant=acme&user=u", "session", "delete", "0123", "--tenant", "acme", "--user", "u")]
    [InlineData("GET /admin/audit?take=100", "audit")]
    [InlineData("GET /admin/audit?take=100&tenant=acme", "audit", "--tenant", "acme", "--json")]
    [InlineData("GET /admin/audit/cluster?take=100", "audit", "--cluster")]
    public async Task Command_asksTheGatewayForWhatItIsTo(string request, params string[] arguments)
    {
        Assert.Equal(0, await RunAsync(arguments));

        Assert.Equal([request], gateway.Asked);
    }

    [Theory]
    [InlineData(22, 22)]
    [InlineData(100, 25)]
    public async Task List_ofSeveralPages_isReadAsFarAsItIsAskedFor(int most, int expected)
    {
        using var cluster = new ClusterClient(gateway.Url);

        var read = await cluster.ListAsync("pages", "?before=25&take=10", most, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 25).Reverse().Take(expected), read.Select(item => item.GetInt32()));
    }

    [Theory]
    [InlineData("GET", "did not answer within 0 s")]
    [InlineData("POST", "did not answer within 0 s; the change may still be made")]
    public async Task Gateway_thatDoesNotAnswer_isSaidToBeSilent(string method, string expected)
    {
        var patience = TimeSpan.FromMilliseconds(50);
        using var cluster = new ClusterClient(gateway.Url, patience, patience);

        var failure = await Assert.ThrowsAsync<CommandException>(() => cluster.AskAsync(HttpMethod.Parse(method), "never", null, TestContext.Current.CancellationToken));

        Assert.Equal(($"{gateway.Url} {expected}", 1), (failure.Message, failure.ExitCode));
        using var left = new CancellationTokenSource(patience);
        using var waiting = new ClusterClient(gateway.Url);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.AskAsync(HttpMethod.Parse(method), "never", null, left.Token));
    }

    private Task<int> RunAsync(params string[] arguments)
    {
        gateway.Asked.Clear();
        return GranaryCommand.RunAsync([.. arguments, "--url", gateway.Url.ToString()]);
    }

    /// <summary>Answers as a gateway does, and notes what it was asked.</summary>
    public sealed class Gateway : IAsyncLifetime
    {
        private const int Numbers = 25;

        private WebApplication _app = null!;

        public Uri Url => new(_app.Urls.Single());

        public ConcurrentQueue<string> Asked { get; } = new();

        public async ValueTask InitializeAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            _app = builder.Build();
            _app.Urls.Add("http://127.0.0.1:0");
            _app.MapGet("/pages", (HttpContext context, int before, int take) =>
            {
                if (before > take)
                    context.Response.Headers.Link = $"<?before={before - take}&take={take}>; rel=\"next\"";
                return Enumerable.Range(0, Numbers).Take(before).Reverse().Take(take);
            });
            _app.Map("/never", (HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted));
            _app.MapFallback((HttpContext context) =>
            {
                Asked.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
                return Results.Text(Answer(context.Request), "application/json");
            });
            await _app.StartAsync();
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private static string Answer(HttpRequest request) => request switch
        {
            { Path.Value: "/admin/models" } => """[{"name":"m","maxPositions":512,"replicas":1,"isAllowed":true}]""",
            { Path.Value: "/admin/sessions" } => """[{"id":"0123","model":"m","turns":1,"createdAt":"2026-11-27T00:00:00Z","updatedAt":"2026-11-27T00:00:00Z"}]""",
            { Method: "GET" } => """[{"at":"2026-11-27T00:00:00Z","who":"k","what":"key.create","target":"k"}]""",
            { Path.Value: "/admin/tenants/acme/limits" } => JsonSerializer.Serialize(new Granary.Tenants.TenantStatus { Tenant = "acme", Limits = new(), HasOwnLimits = true }, JsonSerializerOptions.Web),
            _ => "{}",
        };
    }
}
