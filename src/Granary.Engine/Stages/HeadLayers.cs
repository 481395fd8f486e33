using Granary.Engine.Execution;
using Granary.Engine.Experts;
using Granary.Models;
using Granary.Shards;

namespace Granary.Engine.Stages;

/// <summary>What the head of a replica has loaded, and all its lanes use: its layers, and the model's end where other stages lie between.</summary>
internal sealed class HeadLayers : IDisposable
{
    private readonly ISegmentGraphs _source;
    private readonly PipelineLayout _layout;
    private readonly ExpertAccess? _experts;
    private readonly LayerGraphs _first;
    private readonly LayerGraphs? _last;

    private HeadLayers(ISegmentGraphs source, PipelineLayout layout, EngineOptions options, ExpertAccess? experts)
    {
        _source = source;
        _layout = layout;
        _experts = experts;
        bool isCut = layout.Stages.Length > 1;
        int layers = source.Manifest.LayerCount;
        _first = LayerGraphs.Load(source, new GraphSegment(SegmentStart.Tokens, layout.Stages[0], isCut ? SegmentEnd.Hidden : SegmentEnd.Logits), options, experts is not null);
        try
        {
            _last = isCut ? LayerGraphs.Load(source, new GraphSegment(SegmentStart.Hidden, new LayerRange(layers, layers), SegmentEnd.Logits), options) : null;
        }
        catch
        {
            _first.Dispose();
            throw;
        }
    }

    /// <summary>Loads them, on a thread whose niceness those of the sessions inherit.</summary>
    public static async Task<HeadLayers> LoadAsync(ISegmentGraphs source, PipelineLayout layout, EngineOptions options, ExpertAccess? experts)
    {
        var loaded = new TaskCompletionSource<HeadLayers>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(Load) { IsBackground = true, Name = $"load {source.Manifest.Name}" }.Start();
        return await loaded.Task;

        void Load()
        {
            try
            {
                ThreadNiceness.Add(options.Niceness);
                loaded.SetResult(new HeadLayers(source, layout, options, experts));
            }
            catch (Exception e)
            {
                loaded.SetException(e);
            }
        }
    }

    /// <summary>What a lane's engine runs.</summary>
    public IModelRunner CreateRunner(int lane, IStageLink? stages)
    {
        LayerRunner first = LaneRunners.Create(_first, _layout, _experts is null ? null : LayerExperts.Create(_source, _experts));
        return _last is null
            ? new OrtModelRunner(first, owned: null)
            : new PipelineRunner(lane, _layout, first, LaneRunners.Create(_last, _layout, experts: null), stages!);
    }

    public void Dispose()
    {
        _first.Dispose();
        _last?.Dispose();
    }
}
