using Granary.Engine.Stages;
using Granary.Engine.Tests.Toy;
using Granary.Models;
using Granary.Models.Catalog;
using Granary.Shards;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Engine.Tests.Stages;

/// <summary>A replica of several stages in one process.</summary>
internal sealed class StagedModel : IAsyncDisposable
{
    private StagedModel(IEngine engine, MemoryLink link, PipelineLayout layout)
    {
        Engine = engine;
        Link = link;
        Layout = layout;
    }

    public IEngine Engine { get; }

    public MemoryLink Link { get; }

    public PipelineLayout Layout { get; }

    public static async Task<StagedModel> StartAsync(
        ImportedModel model, int stages, EngineOptions options, HiddenFormat format = HiddenFormat.Fp32, int? lanes = null)
    {
        ISegmentGraphs graphs = ModelSegments.Open(model);
        PipelineLayout layout = PipelinePlanner.Plan(model.Manifest, PipelinePlanner.Cut(graphs, stages), options, lanes, format);
        var others = new List<IStage>();
        for (int stage = 1; stage < stages; stage++)
        {
            others.Add(await StageLoader.LoadAsync(graphs, layout, stage, options, TimeProvider.System, NullLogger.Instance));
        }

        var link = new MemoryLink(others);
        IEngine engine = await ShardedEngineLoader.LoadAsync(
            graphs, layout, new ToyTokenizer(model.Manifest.VocabularySize), options, TimeProvider.System, NullLogger.Instance, link);
        return new StagedModel(engine, link, layout);
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await Link.DisposeAsync();
    }
}
