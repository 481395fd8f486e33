using Granary.Engine.Experts;
using Granary.Engine.Stages;
using Granary.Engine.Tests.Stages;
using Granary.Engine.Tests.Toy;
using Granary.Models;
using Granary.Models.Catalog;
using Granary.Shards;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Engine.Tests.Experts;

/// <summary>A model whose experts are in several sets of one process, in one or several stages.</summary>
internal sealed class DistributedModel : IAsyncDisposable
{
    private readonly MemoryLink _stages;

    private DistributedModel(IEngine engine, MemoryLink stages, MemoryExperts link, ExpertSet[] sets, ExpertLoads loads)
    {
        Engine = engine;
        _stages = stages;
        Link = link;
        Sets = sets;
        Loads = loads;
    }

    public IEngine Engine { get; }

    public MemoryExperts Link { get; }

    public ExpertSet[] Sets { get; }

    public ExpertLoads Loads { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sets">Number of sets.</param>
    /// <param name="holds">Which set holds which expert.</param>
    /// <param name="stages">Number of stages.</param>
    /// <param name="format">How hidden states travel.</param>
    public static async Task<DistributedModel> StartAsync(
        ImportedModel model, int sets, Func<int, ExpertId, bool> holds, int stages = 1, HiddenFormat format = HiddenFormat.Fp32)
    {
        ISegmentGraphs graphs = ModelSegments.Open(model);
        var options = new EngineOptions { Slots = 2, PrefillChunkTokens = 7, Threads = 1, Niceness = 0 };
        var loaded = new ExpertSet[sets];
        for (int set = 0; set < sets; set++)
        {
            loaded[set] = await ExpertSet.LoadAsync(graphs, [.. All(graphs).Where(id => holds(set, id))], options, NullLogger.Instance);
        }

        var link = new MemoryExperts(loaded);
        var loads = new ExpertLoads();
        var access = new ExpertAccess(link, loaded[0], loads, format);
        PipelineLayout layout = PipelinePlanner.Plan(model.Manifest, PipelinePlanner.Cut(graphs, stages), options, format: format);
        var others = new List<IStage>();
        for (int stage = 1; stage < stages; stage++)
        {
            others.Add(await StageLoader.LoadAsync(graphs, layout, stage, options, TimeProvider.System, NullLogger.Instance, access));
        }

        var ring = new MemoryLink(others);
        IEngine engine = await ShardedEngineLoader.LoadAsync(
            graphs, layout, new ToyTokenizer(model.Manifest.VocabularySize), options, TimeProvider.System, NullLogger.Instance, ring, access);
        return new DistributedModel(engine, ring, link, loaded, loads);
    }

    public static IEnumerable<ExpertId> All(ISegmentGraphs graphs) =>
        from layer in Enumerable.Range(0, graphs.Layers.Count)
        from expert in Enumerable.Range(0, graphs.Layers[layer].Experts)
        select new ExpertId(layer, expert);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await _stages.DisposeAsync();
        foreach (ExpertSet set in Sets)
        {
            await set.DisposeAsync();
        }
    }
}
