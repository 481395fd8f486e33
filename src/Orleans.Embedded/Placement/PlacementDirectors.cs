using Orleans.Runtime.Placement;

namespace Orleans.Runtime;

internal sealed class RandomPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        return Task.FromResult(IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) ?? silos[Random.Shared.Next(silos.Length)]);
    }
}

internal sealed class PreferLocalPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        return Task.FromResult(IPlacementDirector.GetPlacementHint(target.RequestContextData, silos)
            ?? (silos.Contains(context.LocalSilo) ? context.LocalSilo : silos[Random.Shared.Next(silos.Length)]));
    }
}

internal sealed class HashBasedPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        Array.Sort(silos);
        return Task.FromResult(IPlacementDirector.GetPlacementHint(target.RequestContextData, silos)
            ?? silos[target.GrainIdentity.GetUniformHashCode() % (uint)silos.Length]);
    }
}

/// <summary>Of two random silos the one with fewer activations, so that a stale count never sends everyone to the same silo.</summary>
internal sealed class ActivationCountPlacementDirector(SiloRuntime silo) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hint)
        {
            return Task.FromResult(hint);
        }

        var first = silos[Random.Shared.Next(silos.Length)];
        var second = silos[Random.Shared.Next(silos.Length)];
        return Task.FromResult(silo.Loads.Of(first).Activations <= silo.Loads.Of(second).Activations ? first : second);
    }
}

/// <summary>The better of two random silos by processor, memory and activations; the calling silo when it is not clearly worse.</summary>
internal sealed class ResourceOptimizedPlacementDirector(SiloRuntime silo) : IPlacementDirector
{
    private const double LocalPreference = 0.05;

    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hint)
        {
            return Task.FromResult(hint);
        }

        var most = Math.Max(1, silos.Max(candidate => silo.Loads.Of(candidate).Activations));
        var first = silos[Random.Shared.Next(silos.Length)];
        var second = silos[Random.Shared.Next(silos.Length)];
        var best = Score(first) <= Score(second) ? first : second;
        return Task.FromResult(silos.Contains(context.LocalSilo) && Score(context.LocalSilo) <= Score(best) + LocalPreference ? context.LocalSilo : best);

        double Score(SiloAddress candidate)
        {
            var load = silo.Loads.Of(candidate);
            return (0.4 * load.CpuUsage) + (0.3 * load.MemoryUsage) + (0.3 * load.Activations / most);
        }
    }
}
