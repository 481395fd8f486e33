using Granary.Engine.Stages;
using Granary.Shards;

namespace Granary.Benchmarks.Shards;

/// <summary>Stages on silos of their own, each of which computes one step at a time, in a given time: they give hidden states back as they are.</summary>
internal sealed class SimulatedStages(int stages, TimeSpan stageTime, int hiddenBytes) : IStageLink, IDisposable
{
    private readonly SemaphoreSlim[] _stages = [.. Enumerable.Range(0, stages).Select(_ => new SemaphoreSlim(1, 1))];

    public async Task<StageResult> RunAsync(StageStep step)
    {
        foreach (var stage in _stages)
        {
            await stage.WaitAsync();
            try
            {
                await Task.Delay(stageTime, TimeProvider.System);
            }
            finally
            {
                stage.Release();
            }
        }

        // The last token of each row.
        return new StageResult { Hidden = step.Pasts.Length == 1 ? step.Hidden[^hiddenBytes..] : step.Hidden };
    }

    public Task CopyAsync(SlotCopy[] copies) => Task.CompletedTask;

    public Task<byte[]> ReadKvAsync(int stage, KvRange range) => throw new NotSupportedException("Simulated stages hold nothing.");

    public Task WriteKvAsync(int stage, KvRange range, byte[] keysAndValues) => throw new NotSupportedException("Simulated stages hold nothing.");

    public void Dispose() => Array.ForEach(_stages, stage => stage.Dispose());
}
