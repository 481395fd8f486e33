namespace Granary.Deployments.Planning;

/// <summary>All layers of a model while its experts are placed, and the memory that they share.</summary>
internal sealed class ExpertBoard
{
    private readonly ExpertDemand _demand;
    private readonly long _layersBytes; // one expert of each layer

    public ExpertBoard(ExpertDemand demand)
    {
        _demand = demand;
        Silos = [.. demand.Silos.OrderBy(silo => silo.Name, StringComparer.Ordinal).ThenBy(silo => silo.Address, StringComparer.Ordinal)];
        Free = [.. Silos.Select(silo => silo.FreeBytes)];
        Experts = demand.Sizes.Experts;
        WishedCopies = Math.Min(demand.Copies, Silos.Length);
        WishedInLayer = Math.Min((Experts * WishedCopies) + demand.Redundant, Experts * Silos.Length);
        Layers = [.. demand.Sizes.ExpertBytes.Index().Where(layer => Experts > 0 && layer.Item > 0).Select(layer => new ExpertLayer(this, layer.Index, layer.Item, demand))];
        _layersBytes = Layers.Sum(layer => layer.Bytes);

        // What has no room is given up evenly, before anything is placed: no layer takes another's.
        var copies = Layers.Count == 0 ? 0 : (int)Math.Min(Usable / _layersBytes, WishedInLayer);
        LeastCopies = Math.Clamp(copies / Math.Max(1, Experts), 1, Math.Max(1, WishedCopies));
        WishedZones = Math.Min(LeastCopies, Silos.Select(silo => silo.Zone).Distinct(StringComparer.Ordinal).Count());
        FurtherCopies = Math.Max(0, copies - (Experts * LeastCopies));
    }

    public ExpertSilo[] Silos { get; }

    /// <summary>By silo: bytes that are left.</summary>
    public long[] Free { get; }

    /// <summary>Those with experts.</summary>
    public IReadOnlyList<ExpertLayer> Layers { get; } = [];

    public int Experts { get; }

    /// <summary>Least copies of an expert for which there are silos.</summary>
    public int WishedCopies { get; }

    /// <summary>Copies in a layer for which there are silos.</summary>
    public int WishedInLayer { get; }

    /// <summary>Least copies of an expert for which there are silos and memory.</summary>
    public int LeastCopies { get; }

    /// <summary>Copies of a layer besides those for which there are silos and memory.</summary>
    public int FurtherCopies { get; }

    /// <summary>Zones of which an expert has a copy, where there are as many.</summary>
    public int WishedZones { get; }

    /// <summary>Bytes for all copies that are wished.</summary>
    public long WishedBytes => WishedInLayer * _layersBytes;

    /// <summary>Bytes that copies can take, none twice on a silo.</summary>
    public long Usable
    {
        get
        {
            var smallest = Layers.Min(layer => layer.Bytes);
            return _demand.Silos.Sum(silo => Math.Min(Math.Max(0, silo.FreeBytes) / smallest * smallest, Experts * _layersBytes));
        }
    }

    public ExpertLayout ToLayout()
    {
        var held = Silos.ToDictionary(silo => silo.Address, _ => _demand.Sizes.ExpertBytes.Select(_ => Array.Empty<int>()).ToArray(), StringComparer.Ordinal);
        foreach (var layer in Layers)
        {
            for (var silo = 0; silo < Silos.Length; silo++)
            {
                held[Silos[silo].Address][layer.Index] = [.. layer.HeldBy(silo).Order()];
            }
        }

        return new ExpertLayout(held, Layers.Count == 0 || Silos.Length == 0 ? 1 : Layers.Average(layer => layer.Skew()), Layers.Count == 0 ? null : ExpertProblem.Explain(this));
    }
}
