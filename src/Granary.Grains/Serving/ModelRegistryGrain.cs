using Granary.Clustering;

namespace Granary.Serving;

/// <summary>Which models are served, as their grains say; a model whose grain is silent for <see cref="Expiry"/> drops out.</summary>
[GrainType("modelregistry")]
[ServingSilosPlacementFilter]
internal sealed class ModelRegistryGrain(TimeProvider timeProvider) : Grain, IModelRegistryGrain
{
    /// <summary>How often a model grain repeats itself at least.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);

    /// <summary>How long a silent model stays listed.</summary>
    public static readonly TimeSpan Expiry = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Entry> _models = new(StringComparer.Ordinal);

    public Task RegisterAsync(ServedModel model)
    {
        var since = _models.TryGetValue(model.Name, out var known) && known.Model.Since < model.Since ? known.Model.Since : model.Since;
        _models[model.Name] = new Entry(model with { Since = since }, timeProvider.GetTimestamp());
        return Task.CompletedTask;
    }

    public Task<ServedModel[]> ListAsync()
    {
        foreach (var (name, entry) in _models)
        {
            if (timeProvider.GetElapsedTime(entry.At) > Expiry)
            {
                _models.Remove(name);
            }
        }

        return Task.FromResult(_models.Values
            .Select(entry => entry.Model).Where(model => model.Replicas > 0).OrderBy(model => model.Name, StringComparer.Ordinal).ToArray());
    }

    private sealed record Entry(ServedModel Model, long At);
}
