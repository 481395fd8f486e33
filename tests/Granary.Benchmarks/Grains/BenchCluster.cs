using Granary.Conformance.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime.Placement;

namespace Granary.Benchmarks.Grains;

/// <summary>This process as one silo, and others in processes of their own.</summary>
internal sealed class BenchCluster : IAsyncDisposable
{
    private readonly PostgresProcess _postgres = new();
    private readonly string _clusterId = Guid.NewGuid().ToString("N");
    private readonly List<SiloProcess> _others = [];
    private string _connectionString = "";
    private IHost _host = null!;

    public SiloAddress Here => BenchSilo.Address(_host);

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public static async Task<BenchCluster> StartAsync(int others, CancellationToken cancellationToken)
    {
        if (!PostgresProcess.IsInstalled)
        {
            throw new InvalidOperationException("The cluster's membership is in PostgreSQL, which is not installed: apt-get install postgresql.");
        }

        var cluster = new BenchCluster();
        try
        {
            cluster._connectionString = await cluster._postgres.StartAsync();
            cluster._host = await BenchSilo.StartAsync(cluster._connectionString, cluster._clusterId, cancellationToken);
            for (var i = 0; i < others; i++)
            {
                await cluster.AddAsync(cancellationToken);
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts another silo, and waits until it takes grains.</summary>
    public async Task<SiloProcess> AddAsync(CancellationToken cancellationToken)
    {
        var silo = await SiloProcess.StartAsync(_connectionString, _clusterId, cancellationToken);
        _others.Add(silo);
        await PlaceAsync(silo.Address, cancellationToken);
        return silo;
    }

    /// <summary>Activates grains on a silo.</summary>
    public async Task<IBenchGrain[]> PlaceAsync(SiloAddress silo, int count, CancellationToken cancellationToken)
    {
        var grains = new IBenchGrain[count];
        for (var i = 0; i < count; i++)
        {
            grains[i] = await PlaceAsync(silo, cancellationToken);
        }

        return grains;
    }

    public IBenchGrain NewGrain() => Grains.GetGrain<IBenchGrain>(Guid.NewGuid().ToString("N"));

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _others)
        {
            await silo.DisposeAsync();
        }

        if (_host is not null)
        {
            // The others were killed: leaving in good order would wait for them.
            using var atOnce = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await _host.StopAsync(atOnce.Token);
            _host.Dispose();
        }

        await _postgres.DisposeAsync();
    }

    // A hint is followed once this silo knows the other.
    private async Task<IBenchGrain> PlaceAsync(SiloAddress silo, CancellationToken cancellationToken)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            var grain = NewGrain();
            RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
            try
            {
                if (silo.Equals(await grain.WhereAsync()))
                {
                    return grain;
                }
            }
            finally
            {
                RequestContext.Remove(IPlacementDirector.PlacementHintKey);
            }

            await pause.WaitForNextTickAsync(cancellationToken);
        }
    }
}
