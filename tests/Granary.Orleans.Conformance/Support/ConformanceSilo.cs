using Granary.Conformance.Filters;
using Granary.Conformance.Placement;
using Orleans.Configuration;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace Granary.Conformance.Support;

internal static class ConformanceSilo
{
    /// <summary>What every silo of the suite has: a zone by its name, memory storage, filters under test.</summary>
    public static ISiloBuilder AddConformance(this ISiloBuilder silo, string name)
    {
        silo.UseSiloMetadata(new Dictionary<string, string> { ["zone"] = Zone(name) });
        silo.Configure<SiloMessagingOptions>(messaging => messaging.MaxForwardCount = 10); // grains that never rest meet a call more often than the usual 2 times
        silo.AddMemoryGrainStorage("memory");
        silo.AddIncomingGrainCallFilter<SiloFilter>();
        silo.AddOutgoingGrainCallFilter<SiloFilter>();
        silo.Services.AddPlacementDirector<PinStrategy, PinDirector>();
        silo.Services.AddPlacementFilter<LastSiloStrategy, LastSiloDirector>(ServiceLifetime.Transient);
        return silo;
    }

    /// <summary>Failure is noticed in about a second; ORLEANS.md calls these options tight.</summary>
    public static ISiloBuilder UseTightMembership(this ISiloBuilder silo) => silo.Configure<ClusterMembershipOptions>(options =>
    {
        options.ProbeTimeout = TimeSpan.FromSeconds(1);
        options.NumMissedProbesLimit = 2;
        options.NumVotesForDeathDeclaration = 2;
        options.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
    });

    /// <summary>Silo_0 is in zone a, Silo_1 in b, Silo_2 in c.</summary>
    public static string Zone(string siloName) => ((char)('a' + int.Parse(siloName[(siloName.LastIndexOf('_') + 1)..]) % 3)).ToString();
}
