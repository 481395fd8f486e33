namespace Orleans.Runtime.Placement;

/// <summary>Chooses silos for the strategies that it is registered for.</summary>
public interface IPlacementDirector
{
    /// <summary>The key in <see cref="RequestContext"/> under which a caller names the silo that it wants.</summary>
    const string PlacementHintKey = nameof(PlacementHintKey);

    /// <summary>Chooses the silo of a new activation.</summary>
    Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context);

    /// <summary>The caller's wish, if it is one of the compatible silos.</summary>
    static SiloAddress? GetPlacementHint(Dictionary<string, object>? requestContextData, SiloAddress[] compatibleSilos) =>
        requestContextData is not null
        && requestContextData.TryGetValue(PlacementHintKey, out var value)
        && value is SiloAddress hint
        && compatibleSilos.Contains(hint)
            ? hint
            : null;
}
