namespace Granary.Clustering;

/// <summary>A silo that takes calls.</summary>
/// <param name="Address">Address and generation.</param>
/// <param name="Name">Its name.</param>
/// <param name="Zone">Its zone; empty while this silo has not learnt it.</param>
internal sealed record SiloMember(SiloAddress Address, string Name, string Zone);
