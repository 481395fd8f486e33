using Granary.Engine.Stages;
using Granary.Shards;

namespace Granary.Engine.Tests.Stages;

/// <summary>The stages of a replica in one process.</summary>
internal sealed class MemoryLink(IReadOnlyList<IStage> stages) : IStageLink, IAsyncDisposable
{
    /// <summary>What calls fail with from now on.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Bytes of hidden states that stages sent to stages and to the head.</summary>
    public long Bytes { get; private set; }

    public async Task<StageResult> RunAsync(StageStep step)
    {
        StageResult? result = null;
        foreach (IStage stage in stages)
        {
            ThrowIfFailed();
            Bytes += step.Hidden.Length;
            result = await stage.RunAsync(step);
            step = step.Next(result);
        }

        return result!;
    }

    public async Task CopyAsync(SlotCopy[] copies)
    {
        ThrowIfFailed();
        await Task.WhenAll(stages.Select(stage => stage.CopyAsync(copies)));
    }

    public Task<byte[]> ReadKvAsync(int stage, KvRange range)
    {
        ThrowIfFailed();
        return stages[stage - 1].ReadKvAsync(range);
    }

    public Task WriteKvAsync(int stage, KvRange range, byte[] keysAndValues)
    {
        ThrowIfFailed();
        return stages[stage - 1].WriteKvAsync(range, keysAndValues);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IStage stage in stages)
        {
            await stage.DisposeAsync();
        }
    }

    private void ThrowIfFailed()
    {
        if (Failure is not null)
        {
            throw Failure;
        }
    }
}
