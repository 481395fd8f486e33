using System.Runtime.CompilerServices;
using Granary.Models;

namespace Granary.Engine.Stages;

/// <summary>
/// Several engine loops over one model, each with slots of its own, as one engine: while the steps of one are in other stages, those of the others are here. So stages overlap, and no
/// scheduler knows of it.
/// </summary>
internal sealed class LanedEngine(IReadOnlyList<InferenceEngine> lanes, IDisposable layers, int blockTokens, int chunkTokens) : IEngine
{
    private readonly LaneChooser _chooser = new(lanes.Count, blockTokens, chunkTokens);

    public ModelManifest Manifest => lanes[0].Manifest;

    public int ContextTokens => lanes[0].ContextTokens;

    public EngineStatus Status
    {
        get
        {
            EngineStatus sum = lanes[0].Status;
            for (int lane = 1; lane < lanes.Count; lane++)
            {
                EngineStatus status = lanes[lane].Status;
                sum = sum with
                {
                    Running = sum.Running + status.Running,
                    Waiting = sum.Waiting + status.Waiting,
                    Slots = sum.Slots + status.Slots,
                    KeptSlots = sum.KeptSlots + status.KeptSlots,
                    KvUsage = sum.KvUsage + status.KvUsage,
                    StepTime = status.StepTime > sum.StepTime ? status.StepTime : sum.StepTime,
                    HostKvBytes = sum.HostKvBytes + status.HostKvBytes,
                    DiskKvBytes = sum.DiskKvBytes + status.DiskKvBytes,
                    Steps = sum.Steps + status.Steps,
                    PromptTokens = sum.PromptTokens + status.PromptTokens,
                    OutputTokens = sum.OutputTokens + status.OutputTokens,
                    IsLate = sum.IsLate || status.IsLate,
                    IsStuck = sum.IsStuck || status.IsStuck,
                };
            }

            return sum with { KvUsage = sum.KvUsage / lanes.Count }; // all lanes have the same slots
        }
    }

    public IAsyncEnumerable<EngineOutput> GenerateAsync(EngineRequest request, CancellationToken ct = default) =>
        RunAsync(request.CacheSalt, request.Prompt, lane => lane.GenerateAsync(request, ct), ct);

    public Task ExportAsync(string requestId, Stream destination, CancellationToken ct = default) =>
        (lanes.FirstOrDefault(lane => lane.Runs(requestId)) ?? lanes[0]).ExportAsync(requestId, destination, ct);

    // What a stream holds is known when it has been read: its lane is chosen without.
    public IAsyncEnumerable<EngineOutput> ImportAsync(Stream source, CancellationToken ct = default) => RunAsync("", default, lane => lane.ImportAsync(source, ct), ct);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(lanes.Select(lane => lane.DisposeAsync().AsTask()));
        layers.Dispose();
    }

    private async IAsyncEnumerable<EngineOutput> RunAsync(
        string salt, ReadOnlyMemory<int> prompt, Func<IEngine, IAsyncEnumerable<EngineOutput>> run, [EnumeratorCancellation] CancellationToken ct)
    {
        int lane = _chooser.Enter(salt, prompt.Span);
        try
        {
            await foreach (EngineOutput output in run(lanes[lane]).WithCancellation(ct))
            {
                yield return output;
            }
        }
        finally
        {
            _chooser.Leave(lane);
        }
    }
}
