using Granary.Clustering;
using Granary.Conformance.Support;
using Granary.Grains;
using Granary.Tenants;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Hosting;

namespace Granary.Benchmarks.Quotas;

/// <summary>A silo with a SQLite store and no model, and the ledger of one tenant on it.</summary>
internal sealed class QuotaSilo : IAsyncDisposable
{
    private const string Tenant = "bench";

    private readonly TemporaryFolder _folder = new();
    private readonly IHost _host;

    private QuotaSilo()
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Granary:Silo:Name"] = "bench",
            ["Granary:Silo:SiloPort"] = $"{FreePorts.Next()}",
            ["Granary:Silo:GatewayPort"] = $"{FreePorts.Next()}",
            ["Granary:Clustering:Kind"] = "localhost",
            ["Granary:Storage:Kind"] = "sqlite",
            ["Granary:Storage:ConnectionString"] = _folder.Combine("granary.db"),
        });
        builder.UseOrleans(silo => silo.AddGranary(builder.Configuration));
        _host = builder.Build();
    }

    /// <summary>The tenant on this silo.</summary>
    public TenantLedger Ledger { get; private set; } = null!;

    public static async Task<QuotaSilo> StartAsync(TenantLimits limits, CancellationToken cancellationToken)
    {
        var silo = new QuotaSilo();
        await silo._host.StartAsync(cancellationToken);
        var grains = silo._host.Services.GetRequiredService<IGrainFactory>();
        await grains.GetGrain<ITenantGrain>(Tenant).SetLimitsAsync(limits);
        var address = silo._host.Services.GetRequiredService<LocalSilo>().Address.ToParsableString();
        silo.Ledger = new TenantLedger(Tenant, address, new TenantClient(Tenant, grains), TimeProvider.System, NullLogger.Instance);
        return silo;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _folder.Dispose();
    }
}
