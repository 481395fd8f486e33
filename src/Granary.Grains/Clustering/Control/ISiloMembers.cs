namespace Granary.Clustering;

/// <summary>Who is in the cluster.</summary>
internal interface ISiloMembers
{
    /// <summary>The silos that take calls, by address.</summary>
    IReadOnlyList<SiloMember> Active { get; }

    /// <summary>A silo's zone; empty while it is not known.</summary>
    string Zone(SiloAddress silo);
}
