using Orleans.Concurrency;

namespace Granary.Cluster;

/// <summary>Keeps what operators have decided about silos, zones and routing (key: <see cref="Key"/>). Silos ask it twice a second.</summary>
[Alias("granary.cluster.control")]
public interface IClusterControlGrain : IGrainWithStringKey
{
    /// <summary>The one key.</summary>
    const string Key = "cluster";

    /// <summary>What holds now.</summary>
    [Alias("Get"), AlwaysInterleave]
    Task<ClusterControl> GetAsync();

    /// <summary>Asks a silo to move what it runs elsewhere, and to end. Twice is no error.</summary>
    /// <param name="silo">The silo's name.</param>
    /// <exception cref="Errors.GranaryException"><c>invalid_request</c>: no live silo has that name; the message lists those that there are.</exception>
    [Alias("Drain")]
    Task<ClusterControl> DrainAsync(string silo);

    /// <summary>A silo says that it is being emptied and will end.</summary>
    /// <param name="address">The silo, as address and generation.</param>
    [Alias("Leave")]
    Task<ClusterControl> LeaveAsync(string address);

    /// <summary>Moves everything out of a zone; its silos stay and take nothing. Twice is no error.</summary>
    /// <param name="zone">The zone.</param>
    /// <exception cref="Errors.GranaryException"><c>invalid_request</c>: no live silo is in that zone, or it is the last one that takes work; <c>store_unavailable</c>.</exception>
    [Alias("Evacuate")]
    Task<ClusterControl> EvacuateAsync(string zone);

    /// <summary>Lets an evacuated zone take work again. Twice is no error.</summary>
    /// <param name="zone">The zone.</param>
    /// <exception cref="Errors.GranaryException"><c>invalid_request</c>: there is no such zone; <c>store_unavailable</c>.</exception>
    [Alias("Restore")]
    Task<ClusterControl> RestoreAsync(string zone);

    /// <summary>Chooses the policy by which requests find a replica, on all silos. Twice is no error.</summary>
    /// <param name="policy">Its name; <see langword="null"/> for the one that each silo's configuration names.</param>
    /// <exception cref="Errors.GranaryException"><c>invalid_request</c>: there is no such policy; the message lists those that there are; <c>store_unavailable</c>.</exception>
    [Alias("Route")]
    Task<ClusterControl> RouteAsync(string? policy);
}
