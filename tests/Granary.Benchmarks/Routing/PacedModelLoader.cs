using Granary.Benchmarks.Caching;
using Granary.Models;
using Granary.Models.ToolCalls;
using Granary.Shards;

namespace Granary.Benchmarks.Routing;

/// <summary>Opens any name with an engine that takes its time.</summary>
internal sealed class PacedModelLoader(TimeSpan step, int slots) : ILocalModelLoader
{
    public async Task<LocalModel> LoadAsync(string name, CancellationToken cancellationToken)
    {
        var model = await new NullModelLoader().LoadAsync(name, cancellationToken);
        return model with { Engine = new PacedEngine(model.Manifest, step, slots) };
    }
}
