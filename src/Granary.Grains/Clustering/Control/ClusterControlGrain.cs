using Granary.Cluster;
using Granary.Errors;
using Granary.Serving;
using Granary.Storage;
using Microsoft.Extensions.Logging;

namespace Granary.Clustering;

/// <summary>See <see cref="IClusterControlGrain"/>. A zone's evacuation and a routing policy are stored before they hold; a silo's drain holds also while the store is away, since it ends with the silo.</summary>
[GrainType("clustercontrol")]
[ServingSilosPlacementFilter, KeepAlive]
internal sealed partial class ClusterControlGrain(
    [PersistentState("clustercontrol", GrainStores.Sessions)] IPersistentState<ClusterControlState> store,
    ISiloMembers members,
    RoutingPolicies policies,
    ILogger<ClusterControlGrain> logger) : Grain, IClusterControlGrain
{
    private ClusterControl Control => store.State.Control;

    public Task<ClusterControl> GetAsync() => Task.FromResult(Control);

    public Task<ClusterControl> DrainAsync(string silo)
    {
        var active = members.Active;
        return active.FirstOrDefault(member => member.Name == silo) is { } found
            ? LeaveAsync(found.Address.ToParsableString())
            : throw Unknown("silo", silo, active.Select(member => member.Name));
    }

    public async Task<ClusterControl> LeaveAsync(string address)
    {
        if (Control.DrainingSilos.Contains(address, StringComparer.Ordinal))
        {
            return Control;
        }

        var live = members.Active.Select(member => member.Address.ToParsableString()).ToHashSet(StringComparer.Ordinal);
        store.State.Control = Control with { Version = Control.Version + 1, DrainingSilos = [.. Control.DrainingSilos.Where(live.Contains), address] };
        LogDraining(address);
        try
        {
            await GrainErrors.GuardStoreAsync(() => store.WriteStateAsync());
        }
        catch (GranaryException exception)
        {
            LogNotStored(exception, address);
            if (GrainErrors.IsStale(exception))
            {
                DeactivateOnIdle();
            }
        }

        return Control;
    }

    public async Task<ClusterControl> EvacuateAsync(string zone)
    {
        if (Control.EvacuatedZones.Contains(zone, StringComparer.Ordinal))
        {
            return Control;
        }

        var zones = Zones();
        if (!zones.Contains(zone, StringComparer.Ordinal))
        {
            throw Unknown("zone", zone, zones);
        }

        if (zones.All(other => other == zone || Control.EvacuatedZones.Contains(other, StringComparer.Ordinal)))
        {
            throw new GranaryException(ErrorCode.InvalidRequest, $"Zone '{zone}' is the last one that takes work; nothing could move elsewhere.", "zone");
        }

        await ChangeAsync(Control with { EvacuatedZones = [.. Control.EvacuatedZones.Append(zone).Order(StringComparer.Ordinal)] });
        LogEvacuated(zone);
        return Control;
    }

    public async Task<ClusterControl> RestoreAsync(string zone)
    {
        if (!Control.EvacuatedZones.Contains(zone, StringComparer.Ordinal))
        {
            var zones = Zones();
            return zones.Contains(zone, StringComparer.Ordinal) ? Control : throw Unknown("zone", zone, zones);
        }

        await ChangeAsync(Control with { EvacuatedZones = [.. Control.EvacuatedZones.Where(other => other != zone)] });
        LogRestored(zone);
        return Control;
    }

    public async Task<ClusterControl> RouteAsync(string? policy)
    {
        if (policy is not null && !policies.Names.Contains(policy, StringComparer.Ordinal))
        {
            throw Unknown("policy", policy, policies.Names);
        }

        if (policy != Control.RoutingPolicy)
        {
            await ChangeAsync(Control with { RoutingPolicy = policy });
            LogRouting(policy ?? "the configuration's");
        }

        return Control;
    }

    private string[] Zones() => [.. members.Active.Select(member => member.Zone).Where(zone => zone.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private Task ChangeAsync(ClusterControl wanted) =>
        store.ReplaceAsync(new ClusterControlState { Control = wanted with { Version = Control.Version + 1 } }, DeactivateOnIdle);

    private static GranaryException Unknown(string what, string name, IEnumerable<string> known) =>
        new(ErrorCode.InvalidRequest, $"There is no {what} '{name}'; there are: {string.Join(", ", known.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))}.", what);
}
