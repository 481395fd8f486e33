using System.Collections.Concurrent;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>The grain classes of this process, by grain type and by interface.</summary>
internal sealed class GrainTypes
{
    private readonly Dictionary<GrainType, GrainClassInfo> _classes = [];
    private readonly ConcurrentDictionary<(Type, string?), (GrainInterface, GrainType)> _resolved = new();

    public GrainTypes(GrainCollectionOptions collection, SiloMessagingOptions messaging)
    {
        TypeRegistry.Instance.LoadApplicationAssemblies();
        foreach (var grainClass in TypeRegistry.Instance.GrainClasses)
        {
            if (!_classes.TryAdd(grainClass.GrainType, new(grainClass, collection, messaging)))
            {
                throw new OrleansConfigurationException(
                    $"Grain classes {grainClass.Type} and {_classes[grainClass.GrainType].Class.Type} have the same grain type '{grainClass.GrainType}'; give one of them a [GrainType].");
            }
        }
    }

    public IEnumerable<GrainType> All => _classes.Keys;

    public GrainClassInfo? Find(GrainType type) => _classes.GetValueOrDefault(type);

    /// <summary>The class that an interface means.</summary>
    /// <exception cref="ArgumentException">None implements it, or several do and no prefix chooses.</exception>
    public GrainInterface Resolve(Type interfaceType, string? prefix, out GrainType grainType)
    {
        (var grainInterface, grainType) = _resolved.GetOrAdd((interfaceType, prefix), static (key, types) => types.Resolve(key.Item1, key.Item2), this);
        return grainInterface;
    }

    private (GrainInterface Interface, GrainType Type) Resolve(Type interfaceType, string? prefix)
    {
        var grainInterface = TypeRegistry.Instance.GetInterface(interfaceType);
        var candidates = _classes.Values.Where(info => info.Class.Interfaces.Contains(interfaceType)).Select(info => info.Class).ToArray();
        if (prefix is not null)
        {
            candidates = Array.FindAll(candidates, candidate => candidate.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal));
        }

        if (candidates.Length > 1)
        {
            // A class that implements the interface itself comes before those that implement an interface derived from it; then IFoo means Foo or FooGrain.
            var direct = Array.FindAll(candidates, candidate => !candidate.Interfaces.Any(other => other != interfaceType && other.IsAssignableTo(interfaceType)));
            candidates = direct.Length > 0 ? direct : candidates;
            var byName = Array.FindAll(candidates, candidate => interfaceType.Name == "I" + candidate.Type.Name);
            candidates = byName.Length == 1 ? byName : candidates;
        }

        return candidates.Length switch
        {
            1 => (grainInterface, candidates[0].GrainType),
            0 => throw new ArgumentException($"No grain class implements {interfaceType}{(prefix is null ? "" : $" under the prefix '{prefix}'")}.", nameof(interfaceType)),
            _ => throw new ArgumentException($"Several grain classes implement {interfaceType}: {string.Join(", ", candidates.Select(candidate => candidate.Type))}; pass a grainClassNamePrefix.", nameof(interfaceType)),
        };
    }
}
