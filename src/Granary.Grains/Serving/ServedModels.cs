using System.Collections.Concurrent;

namespace Granary.Serving;

/// <inheritdoc/>
internal sealed class ServedModels(IGrainFactory grains, TimeProvider timeProvider) : IServedModels
{
    private readonly ConcurrentDictionary<string, Sighting> _seen = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<ServedModel>> ListAsync()
    {
        foreach (var model in await grains.GetGrain<IModelRegistryGrain>(IModelRegistryGrain.Key).ListAsync())
        {
            _seen[model.Name] = new Sighting(model, timeProvider.GetTimestamp());
        }

        foreach (var (name, sighting) in _seen)
        {
            if (timeProvider.GetElapsedTime(sighting.At) > ModelRegistryGrain.Expiry)
            {
                _seen.TryRemove(KeyValuePair.Create(name, sighting));
            }
        }

        return [.. _seen.Values.Select(sighting => sighting.Model).OrderBy(model => model.Name, StringComparer.Ordinal)];
    }

    private sealed record Sighting(ServedModel Model, long At);
}
