using Granary.Shards;

namespace Granary.Engine.Stages;

/// <summary>
/// The way from the head of a replica to its other stages; stages have their number in <see cref="PipelineLayout.Stages"/>, from 1. All lanes use one link, each from a thread of its own,
/// and each waits for a call before it makes the next one.
/// </summary>
/// <remarks>
/// What throws, or does not answer in the time that the link gives it, ends the replica: its stages no longer agree on keys and values. Its generations fail with
/// <see cref="Errors.ErrorCode.Unavailable"/>, so that they are resumed elsewhere, and <see cref="EngineStatus.IsStuck"/> has it withdrawn.
/// </remarks>
public interface IStageLink
{
    /// <summary>Sends a step through all other stages, in order.</summary>
    /// <returns>The last one's result.</returns>
    Task<StageResult> RunAsync(StageStep step);

    /// <summary>Copies slots in all other stages, where no step carries the copies.</summary>
    Task CopyAsync(SlotCopy[] copies);

    /// <summary>Keys and values of one stage's layers.</summary>
    Task<byte[]> ReadKvAsync(int stage, KvRange range);

    /// <summary>Sets keys and values of one stage's layers.</summary>
    Task WriteKvAsync(int stage, KvRange range, byte[] keysAndValues);
}
