using Granary.Clustering;
using Granary.Conformance.Support;
using Granary.Errors;
using Granary.Grains;
using Granary.Models.Catalog;
using Granary.Serving;
using Granary.Tenants;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Hosting;
using ErrorCode = Granary.Errors.ErrorCode;

namespace Granary.Benchmarks.Quotas;

/// <summary>A silo with a SQLite store, and the ledger of one tenant on it.</summary>
internal sealed class QuotaSilo : IAsyncDisposable
{
    private const string Tenant = "bench";

    private readonly TemporaryFolder _folder = new();
    private readonly IHost _host;

    private QuotaSilo(string? model)
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
            ["Granary:Models:Folder"] = Models,
            ["Granary:Models:Serve:0"] = model,
        });
        builder.UseOrleans(silo => silo.AddGranary(builder.Configuration));
        _host = builder.Build();
    }

    /// <summary>The tenant on this silo.</summary>
    public TenantLedger Ledger { get; private set; } = null!;

    private string Models => _folder.Combine("models");

    /// <summary>Starts it.</summary>
    /// <param name="limits">The tenant's limits.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="model">A model of <c>deploy/models</c> that it serves; <see langword="null"/>: none.</param>
    public static async Task<QuotaSilo> StartAsync(TenantLimits limits, CancellationToken cancellationToken, string? model = null)
    {
        var silo = new QuotaSilo(model);
        if (model is not null)
        {
            await new ModelCatalog(silo.Models).ImportAsync(new ImportRequest { Source = Path.Combine(Repository.Root, "deploy", "models", model) });
        }

        await silo._host.StartAsync(cancellationToken);
        var grains = silo._host.Services.GetRequiredService<IGrainFactory>();
        await grains.GetGrain<ITenantGrain>(Tenant).SetLimitsAsync(limits);
        var address = silo._host.Services.GetRequiredService<LocalSilo>().Address.ToParsableString();
        silo.Ledger = new TenantLedger(Tenant, address, new TenantClient(Tenant, grains), TimeProvider.System, NullLogger.Instance);
        return silo;
    }

    /// <summary>What a turn of the tenant passes before it begins, its prompt's tokens counted where its limits want that; and its end.</summary>
    public async Task PassAsync(string turn, string model, GenerateRequest request, CancellationToken cancellationToken)
    {
        var quotas = _host.Services.GetRequiredService<TenantQuotas>();
        var (admitted, _) = await quotas.AdmitAsync(Tenant, turn, model, request, cancellationToken);
        quotas.Drop(admitted.Reservation!);
    }

    /// <summary>Tokens of a request's prompt; 0 while the model is not there yet.</summary>
    public async Task<int> MeasureAsync(string model, GenerateRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await _host.Services.GetRequiredService<TenantQuotas>().MeasureAsync(model, request, cancellationToken);
        }
        catch (GranaryException away) when (away.Code == ErrorCode.Unavailable)
        {
            return 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _folder.Dispose();
    }
}
