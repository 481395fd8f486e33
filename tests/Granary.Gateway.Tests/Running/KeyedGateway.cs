using System.Net;
using System.Net.Http.Headers;
using Granary.Gateway.Identity.Keys;
using Granary.Identity;
using Granary.Serving;
using Granary.Sessions;
using Granary.Shards;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Granary.Gateway.Tests.Running;

/// <summary>A gateway that wants a key of everybody, whose silo serves a model that echoes.</summary>
public sealed class KeyedGateway : IAsyncLifetime
{
    private RunningGateway _gateway = null!;

    public Uri Url => _gateway.Url;

    public IGrainFactory Grains => _gateway.Grains;

    /// <summary>More settings of its configuration.</summary>
    internal Dictionary<string, string?> Settings { get; } = [];

    internal IServiceProvider Services => _gateway.Services;

    internal TestIssuer Issuer { get; private set; } = null!;

    internal EchoEngine Engine => (EchoEngine)_gateway.Services.GetRequiredService<LocalModels>().Find(EchoGateway.Model)!.Engine;

    /// <summary>Whatever the gateway answers to, one for each method.</summary>
    public IEnumerable<(string Method, string Path)> Endpoints => _gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"])
            .Select(method => (method, "/" + endpoint.RoutePattern.RawText!.Trim('/'))));

    /// <summary>A new key, as its bearer has it.</summary>
    public async Task<KeySecret> CreateKeyAsync(string tenant, CallerRole role = CallerRole.User, KeyScopes scopes = KeyScopes.Chat, TimeSpan? lifetime = null)
    {
        var secret = KeySecret.New(tenant);
        await _gateway.Grains.GetGrain<IKeyRingGrain>(KeyId.RingKey(KeyId.RingOf(tenant)))
            .AddAsync(secret.ToStored(tenant, "test", role, scopes, TimeProvider.System.GetUtcNow(), lifetime));
        return secret;
    }

    /// <summary>A new conversation of a tenant.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> CreateSessionAsync(string tenant, string title)
    {
        var id = Guid.NewGuid().ToString("N");
        await _gateway.Grains.GetGrain<ISessionGrain>(OwnedKey.Of(tenant, id)).CreateAsync(new CreateSession { Owner = tenant, Model = EchoGateway.Model, Title = title });
        return id;
    }

    public HttpClient CreateClient(string? key = null) => new()
    {
        BaseAddress = Url,
        DefaultRequestHeaders = { Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key) },
    };

    public async ValueTask InitializeAsync()
    {
        Issuer = await TestIssuer.StartAsync();
        _gateway = await RunningGateway.StartAsync(
            new(Settings)
            {
                ["Granary:Models:Serve:0"] = EchoGateway.Model,
                ["Granary:Identity:Anonymous"] = "never",
                ["Granary:ResponseCache:Enabled"] = "true",
                ["Granary:Identity:Issuers:0:Authority"] = Issuer.Authority,
                ["Granary:Identity:Issuers:0:Audience"] = TestIssuer.Audience,
                ["Granary:Identity:Issuers:0:HighestRole"] = "TenantAdmin",
            },
            services => services.AddSingleton<ILocalModelLoader, EchoModelLoader>());
        using var client = CreateClient();
        await Eventually.TrueAsync(
            async () => (await client.GetAsync("health/ready")).StatusCode == HttpStatusCode.OK
                && (await _gateway.Grains.GetGrain<IModelGrain>(EchoGateway.Model).GetReplicasAsync()).Length == 1,
            "the echoing model was not ready");
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await Issuer.DisposeAsync();
    }
}
