using System.Globalization;
using Granary.Clustering;
using Granary.Cluster;
using Granary.Conformance.Support;
using Granary.Grains;
using Granary.Serving;
using Granary.Shards;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Hosting;

namespace Granary.Benchmarks.Routing;

/// <summary>Silos of one process that find each other by PostgreSQL, as those of a cluster do: one that asks and has no model, and others, each in a zone of its own, that have one.</summary>
internal sealed class RoutingCluster : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private readonly PostgresProcess _postgres = new();
    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly List<IHost> _silos = [];
    private readonly string _model;

    private RoutingCluster(string model) => _model = model;

    /// <summary>The router of the silo that asks.</summary>
    public IReplicaRouter Router => Asking.GetRequiredService<IReplicaRouter>();

    /// <summary>Names of the policies that there are.</summary>
    public IReadOnlyList<string> Policies => Asking.GetRequiredService<RoutingPolicies>().Names;

    private IServiceProvider Asking => _silos[0].Services;

    /// <summary>Starts the silos, and waits until all replicas are known.</summary>
    /// <param name="model">What they serve.</param>
    /// <param name="replicas">For each the settings it has beside those that all have, and who loads its model where it is not the catalogue.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<RoutingCluster> StartAsync(
        string model, IReadOnlyList<(IReadOnlyDictionary<string, string?> Settings, ILocalModelLoader? Loader)> replicas, CancellationToken cancellationToken)
    {
        if (!PostgresProcess.IsInstalled)
        {
            throw new InvalidOperationException("The cluster's membership is in PostgreSQL, which is not installed: apt-get install postgresql.");
        }

        var cluster = new RoutingCluster(model);
        try
        {
            var connection = await cluster._postgres.StartAsync();
            await cluster.AddAsync("asking", connection, new Dictionary<string, string?>(StringComparer.Ordinal), null, cancellationToken);
            foreach (var (index, (settings, loader)) in replicas.Index())
            {
                await cluster.AddAsync(string.Create(CultureInfo.InvariantCulture, $"replica-{index + 1}"), connection, new Dictionary<string, string?>(settings, StringComparer.Ordinal) { ["Granary:Models:Serve:0"] = model }, loader, cancellationToken);
            }

            using var timer = new PeriodicTimer(Look);
            while ((await cluster.Asking.GetRequiredService<IGrainFactory>().GetGrain<IModelGrain>(model).GetReplicasAsync()).Length != replicas.Count)
            {
                await timer.WaitForNextTickAsync(cancellationToken);
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Chooses a policy as an operator does, and waits until the silo that asks goes by it.</summary>
    public async Task UseAsync(string policy, CancellationToken cancellationToken)
    {
        await Asking.GetRequiredService<IGrainFactory>().GetGrain<IClusterControlGrain>(IClusterControlGrain.Key).RouteAsync(policy);
        using var timer = new PeriodicTimer(Look);
        while (Asking.GetRequiredService<RoutingPolicies>().Current.Name != policy)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Sends a request through the router and reads it to its end.</summary>
    public async Task<RoutedReply> AskAsync(GenerateRequest request, CancellationToken cancellationToken)
    {
        var begin = TimeProvider.System.GetTimestamp();
        var (first, text, replica, usage) = ((TimeSpan?)null, "", (ReplicaDescriptor?)null, (TokenUsage?)null);
        await foreach (var output in Router.GenerateAsync(_model, request, cancellationToken: cancellationToken))
        {
            replica = output.Replica ?? replica;
            if (output.Frame is { IsHeartbeat: false } frame)
            {
                first ??= TimeProvider.System.GetElapsedTime(begin);
                text += frame.Text;
                usage = frame.Usage ?? usage;
            }
        }

        return new RoutedReply(replica!, first!.Value, text, usage!);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in Enumerable.Reverse(_silos))
        {
            using var atOnce = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await silo.StopAsync(atOnce.Token);
            silo.Dispose();
        }

        await _postgres.DisposeAsync();
    }

    private async Task AddAsync(string name, string connection, Dictionary<string, string?> settings, ILocalModelLoader? loader, CancellationToken cancellationToken)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Granary:Silo:Name"] = name,
            ["Granary:Silo:Zone"] = $"zone-of-{name}",
            ["Granary:Silo:ClusterId"] = _id,
            ["Granary:Silo:SiloPort"] = $"{FreePorts.Next()}",
            ["Granary:Silo:GatewayPort"] = "0",
            ["Granary:Clustering:Kind"] = "postgresql",
            ["Granary:Clustering:ConnectionString"] = connection,
            ["Granary:Storage:Kind"] = "memory",
        }).AddInMemoryCollection(settings);
        if (loader is not null)
        {
            builder.Services.AddSingleton(loader);
        }

        builder.Services.AddSingleton<IRoutingPolicy, RoundRobin>();
        builder.UseOrleans(silo => silo.AddGranary(builder.Configuration));
        var host = builder.Build();
        _silos.Add(host);
        await host.StartAsync(cancellationToken);
    }
}
