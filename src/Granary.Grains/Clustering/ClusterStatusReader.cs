using System.Diagnostics.CodeAnalysis;
using Granary.Cluster;
using Granary.Errors;
using Granary.Serving;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Granary.Clustering;

/// <summary>Puts the status together from the management grain, the silos' metadata and the model grains.</summary>
internal sealed class ClusterStatusReader(
    IGrainFactory grains, ISiloMetadataCache metadata, ControlClient control, ServingSilos serving, IOptions<ClusterOptions> cluster, RoutingPolicies routing, TimeProvider timeProvider) : IClusterStatusReader
{
    [SuppressMessage("Reliability", "CA2016", Justification = "Not every engine's management grain takes a token; the waiting ends by it.")]
    public async Task<ClusterStatus> ReadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await RefreshAsync(cancellationToken);
            var management = grains.GetGrain<IManagementGrain>(0);
            var hosts = await management.GetDetailedHosts().WaitAsync(cancellationToken);
            var statistics = await management.GetSimpleGrainStatistics().WaitAsync(cancellationToken);
            return new ClusterStatus
            {
                ClusterId = cluster.Value.ClusterId,
                At = timeProvider.GetUtcNow(),
                Silos = [.. hosts.Where(host => host.Status != SiloStatus.Dead).Select(host => Describe(host, statistics)).OrderBy(silo => silo.Status != "active").ThenBy(silo => silo.Name, StringComparer.Ordinal).ThenByDescending(silo => silo.Since)],
                RoutingPolicy = routing.Current.Name,
                RoutingPolicies = routing.Names,
                EvacuatedZones = serving.Control.EvacuatedZones,
                Grains = GrainNames.Count(statistics),
                Models = await ModelsAsync(cancellationToken),
            };
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw GrainErrors.Translate(exception);
        }
    }

    // The cluster can be looked at while its store is away.
    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await control.RefreshAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && GrainErrors.Translate(exception).Code.IsRetryable())
        {
        }
    }

    private SiloInfo Describe(MembershipEntry host, SimpleGrainStatistic[] statistics)
    {
        var known = metadata.GetSiloMetadata(host.SiloAddress).Metadata;
        var isDraining = serving.Control.DrainingSilos.Contains(host.SiloAddress.ToParsableString(), StringComparer.Ordinal);
        return new SiloInfo
        {
            Name = host.SiloName,
            Address = host.SiloAddress.ToParsableString(),
            Zone = known.GetValueOrDefault(SiloMetadataKeys.Zone, ""),
            GatewayUrl = known.GetValueOrDefault(SiloMetadataKeys.GatewayUrl, ""),
            Status = host.Status.ToString().ToLowerInvariant(),
            State = isDraining ? "draining" : serving.IsServing(host.SiloAddress) ? "serving" : "evacuated",
            Sessions = SessionCounts.Of(statistics, host.SiloAddress),
            Since = new DateTimeOffset(DateTime.SpecifyKind(host.StartTime, DateTimeKind.Utc)),
        };
    }

    private async Task<ModelStatus[]> ModelsAsync(CancellationToken cancellationToken)
    {
        var models = await grains.GetGrain<IModelRegistryGrain>(IModelRegistryGrain.Key).ListAsync().WaitAsync(cancellationToken);
        return await Task.WhenAll(models.Select(async model =>
        {
            var replicas = await grains.GetGrain<IModelGrain>(model.Name).GetReplicasAsync().WaitAsync(cancellationToken);
            return new ModelStatus(model, [.. replicas.OrderBy(replica => replica.Silo, StringComparer.Ordinal)]);
        }));
    }
}
