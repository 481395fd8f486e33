using Orleans.Concurrency;

namespace Granary.Shards;

/// <summary>
/// A stage of a replica of several, pinned to the silo that its key names (<c>model#replica.stage@silo-address</c>). Steps go from stage to stage and back to the head without anybody
/// waiting in between: as many messages a step as there are stages.
/// </summary>
[Alias("granary.stage")]
public interface IStageGrain : IGrainWithStringKey
{
    /// <summary>Computes a step and passes it on to the next stage, or to the head; what fails is told to the head.</summary>
    [Alias("Run"), OneWay]
    Task RunAsync(StageMessage message);

    /// <summary>Of the head: a step has been through all stages, or failed in one.</summary>
    [Alias("Complete"), OneWay]
    Task CompleteAsync(StageAnswer answer);

    /// <summary>Copies slots.</summary>
    /// <exception cref="Errors.GranaryException"><c>unavailable</c>: the stage is not here, or of another epoch.</exception>
    [Alias("Copy")]
    Task CopyAsync(int epoch, SlotCopy[] copies);

    /// <summary>Keys and values of the stage's layers.</summary>
    /// <exception cref="Errors.GranaryException"><c>unavailable</c>: the stage is not here, or of another epoch.</exception>
    [Alias("ReadKv")]
    Task<byte[]> ReadKvAsync(int epoch, KvRange range);

    /// <summary>Sets keys and values of the stage's layers.</summary>
    /// <exception cref="Errors.GranaryException"><c>unavailable</c>: the stage is not here, or of another epoch.</exception>
    [Alias("WriteKv")]
    Task WriteKvAsync(int epoch, KvRange range, byte[] keysAndValues);
}
