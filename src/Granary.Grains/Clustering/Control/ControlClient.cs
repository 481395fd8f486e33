using Granary.Cluster;

namespace Granary.Clustering;

/// <summary>This silo's talk with the control grain.</summary>
internal sealed class ControlClient(IGrainFactory grains, ServingSilos serving, LocalSilo silo)
{
    private IClusterControlGrain Grain => grains.GetGrain<IClusterControlGrain>(IClusterControlGrain.Key);

    /// <summary>Learns what holds.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken) =>
        serving.Update(await Grain.GetAsync().WaitAsync(cancellationToken));

    /// <summary>Tells that this silo is being emptied and will end.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken) =>
        serving.Update(await Grain.LeaveAsync(silo.Address.ToParsableString()).WaitAsync(cancellationToken));
}
