using Granary.Benchmarks.Nothing;
using Granary.Shards;

namespace Granary.Benchmarks.Routing;

/// <summary>Opens any name with an engine that takes its time.</summary>
internal sealed class PacedModelLoader(TimeSpan step, int slots) : ILocalModelLoader
{
    private readonly NullModelLoader _loader = new(manifest => new PacedEngine(manifest, step, slots));

    public Task<LocalModel> LoadAsync(string name, CancellationToken cancellationToken) => _loader.LoadAsync(name, cancellationToken);
}
