using System.Diagnostics.CodeAnalysis;
using Granary.Cluster;
using Granary.Serving;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Granary.Clustering;

/// <summary>Puts the status together from the management grain, the silos' metadata and the model grains.</summary>
internal sealed class ClusterStatusReader(
    IGrainFactory grains, ISiloMetadataCache metadata, IOptions<ClusterOptions> cluster, TimeProvider timeProvider) : IClusterStatusReader
{
    [SuppressMessage("Reliability", "CA2016", Justification = "Not every engine's management grain takes a token; the waiting ends by it.")]
    public async Task<ClusterStatus> ReadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var management = grains.GetGrain<IManagementGrain>(0);
            var hosts = await management.GetDetailedHosts().WaitAsync(cancellationToken);
            var statistics = await management.GetSimpleGrainStatistics().WaitAsync(cancellationToken);
            return new ClusterStatus
            {
                ClusterId = cluster.Value.ClusterId,
                At = timeProvider.GetUtcNow(),
                Silos = [.. hosts.Where(host => host.Status != SiloStatus.Dead).Select(Describe).OrderBy(silo => silo.Status != "active").ThenBy(silo => silo.Name, StringComparer.Ordinal).ThenByDescending(silo => silo.Since)],
                Grains = Count(statistics),
                Models = await ModelsAsync(cancellationToken),
            };
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw GrainErrors.Translate(exception);
        }
    }

    private SiloInfo Describe(MembershipEntry host)
    {
        var known = metadata.GetSiloMetadata(host.SiloAddress).Metadata;
        return new SiloInfo
        {
            Name = host.SiloName,
            Address = host.SiloAddress.ToParsableString(),
            Zone = known.GetValueOrDefault(SiloMetadataKeys.Zone, ""),
            GatewayUrl = known.GetValueOrDefault(SiloMetadataKeys.GatewayUrl, ""),
            Status = host.Status.ToString().ToLowerInvariant(),
            Since = new DateTimeOffset(DateTime.SpecifyKind(host.StartTime, DateTimeKind.Utc)),
        };
    }

    /// <summary>Grains of Granary have short names of their own (<c>[GrainType]</c>); the statistics name classes.</summary>
    private static List<GrainCount> Count(SimpleGrainStatistic[] statistics) =>
        [.. statistics
            .Where(statistic => statistic.GrainType.StartsWith("Granary.", StringComparison.Ordinal))
            .GroupBy(statistic => ShortName(statistic.GrainType), StringComparer.Ordinal)
            .Select(group => new GrainCount(group.Key, group.Sum(statistic => statistic.ActivationCount)))
            .OrderByDescending(count => count.Activations).ThenBy(count => count.Type, StringComparer.Ordinal)];

    private static string ShortName(string grainType)
    {
        var name = grainType.Split(',')[0];
        name = name[(name.LastIndexOf('.') + 1)..];
        return (name.EndsWith("Grain", StringComparison.Ordinal) ? name[..^"Grain".Length] : name).ToLowerInvariant();
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
