namespace Granary.Deployments;

/// <summary>
/// Which silos hold which experts of a model, in one version. Experts move in two steps so that no stream waits: what is new is loaded before anybody is told to ask there, and what
/// is left stays until nobody asks there any more. A silo holds what any of the three lists names it for.
/// </summary>
[GenerateSerializer, Immutable, Alias("granary.deployment.experts")]
public sealed record PlannedExperts
{
    /// <summary>Raised with every change.</summary>
    [Id(0)] public required int Version { get; init; }

    /// <summary>Who is asked.</summary>
    [Id(1)] public ExpertHolder[] Holders { get; init; } = [];

    /// <summary>Who is to be asked as soon as all of them have loaded theirs; <see langword="null"/> while nothing is to change.</summary>
    [Id(2)] public ExpertHolder[]? Next { get; init; }

    /// <summary>Who was asked before and may be still; <see langword="null"/> when nobody is.</summary>
    [Id(3)] public ExpertHolder[]? Previous { get; init; }

    /// <summary>Largest load of a silo over the mean, averaged over the layers, as the plan had it; 1 is even.</summary>
    [Id(4)] public double Skew { get; init; } = 1;

    /// <summary>Whether experts are being moved.</summary>
    public bool IsMoving => Next is not null || Previous is not null;

    /// <summary>Who is to hold experts, of all three lists: a silo may be in several.</summary>
    public IEnumerable<ExpertHolder> OfAllLists() => [.. Holders, .. Next ?? [], .. Previous ?? []];

    /// <summary>All that a silo is to hold, by layer; rising.</summary>
    public int[][] HeldBy(string address)
    {
        var own = OfAllLists().Where(holder => holder.Address == address).ToArray();
        return [.. Enumerable.Range(0, own.Select(holder => holder.Layers.Length).DefaultIfEmpty(0).Max())
            .Select(layer => own.SelectMany(holder => holder.Layers.ElementAtOrDefault(layer) ?? []).Distinct().Order().ToArray())];
    }
}
