using Orleans.Placement;
using Orleans.Runtime.Placement;
using Orleans.Runtime.Placement.Filtering;

namespace Granary.Conformance.Placement;

public interface IPlacedGrain : IGrainWithStringKey
{
    Task<SiloAddress> WhereAsync();

    /// <summary>Where another grain is, that this one is the first to call.</summary>
    Task<SiloAddress> AskAsync(IPlacedGrain other);
}

public interface IAnywhereGrain : IPlacedGrain;

public interface INearGrain : IPlacedGrain;

public interface IHashedGrain : IPlacedGrain;

public interface IInZoneGrain : IPlacedGrain;

public interface IPreferZoneGrain : IPlacedGrain;

public interface IPinnedGrain : IPlacedGrain;

public interface IFilteredPlacementGrain : IPlacedGrain;

internal abstract class PlacedGrain(ILocalSiloDetails silo) : Grain, IPlacedGrain
{
    public Task<SiloAddress> WhereAsync() => Task.FromResult(silo.SiloAddress);

    public Task<SiloAddress> AskAsync(IPlacedGrain other) => other.WhereAsync();
}

[RandomPlacement]
internal sealed class AnywhereGrain(ILocalSiloDetails silo) : PlacedGrain(silo), IAnywhereGrain;

[PreferLocalPlacement]
internal sealed class NearGrain(ILocalSiloDetails silo) : PlacedGrain(silo), INearGrain;

[HashBasedPlacement]
internal sealed class HashedGrain(ILocalSiloDetails silo) : PlacedGrain(silo), IHashedGrain;

[RequiredMatchSiloMetadataPlacementFilter(["zone"]), RandomPlacement]
internal sealed class InZoneGrain(ILocalSiloDetails silo) : PlacedGrain(silo), IInZoneGrain;

[PreferredMatchSiloMetadataPlacementFilter(["rack", "zone"], minCandidates: 1), RandomPlacement]
internal sealed class PreferZoneGrain(ILocalSiloDetails silo) : PlacedGrain(silo), IPreferZoneGrain;

/// <summary>On the silo that the key names behind its last <c>@</c>.</summary>
[PinPlacement]
internal sealed class PinnedGrain(ILocalSiloDetails silo) : PlacedGrain(silo), IPinnedGrain;

[LastSiloPlacementFilter, RandomPlacement]
internal sealed class FilteredPlacementGrain(ILocalSiloDetails silo) : PlacedGrain(silo), IFilteredPlacementGrain;
