using Granary.Engine.Stages;
using Granary.Errors;
using Orleans.Concurrency;

namespace Granary.Shards;

/// <summary>The door to a stage of this silo; it computes on a thread of its own.</summary>
[GrainType("stage")]
[PinnedToSilo, KeepAlive, Reentrant]
internal sealed class StageGrain(LocalParts parts, StageMetrics metrics) : Grain, IStageGrain
{
    private StageKey? _key;

    private StageKey Key => _key ??= StageKey.TryParse(this.GetPrimaryKeyString(), out var key) ? key.Value : throw new InvalidOperationException($"'{this.GetPrimaryKeyString()}' is no key of a stage.");

    public async Task RunAsync(StageMessage message)
    {
        var step = message.Step;
        StageResult result;
        try
        {
            result = await Find(message.Epoch).RunAsync(step);
        }
        catch (Exception exception)
        {
            await GrainFactory.GetGrain<IStageGrain>(message.Route[0]).CompleteAsync(new StageAnswer(message.Epoch, step.Lane, step.Number, null, exception.Message));
            return;
        }

        metrics.Sent(Key.Model, result.Hidden.Length, result.Computed);
        var next = Key.Stage + 1;
        await (next < message.Route.Length
            ? GrainFactory.GetGrain<IStageGrain>(message.Route[next]).RunAsync(message with { Step = step.Next(result) })
            : GrainFactory.GetGrain<IStageGrain>(message.Route[0]).CompleteAsync(new StageAnswer(message.Epoch, step.Lane, step.Number, result, null)));
    }

    public Task CompleteAsync(StageAnswer answer)
    {
        parts.FindLink(Key, answer.Epoch)?.Complete(answer);
        return Task.CompletedTask;
    }

    public Task CopyAsync(int epoch, SlotCopy[] copies) => Find(epoch).CopyAsync(copies);

    public Task<byte[]> ReadKvAsync(int epoch, KvRange range) => Find(epoch).ReadKvAsync(range);

    public Task WriteKvAsync(int epoch, KvRange range, byte[] keysAndValues) => Find(epoch).WriteKvAsync(range, keysAndValues);

    private IStage Find(int epoch) => parts.FindStage(Key, epoch)
        ?? throw new GranaryException(ErrorCode.Unavailable, $"Stage {Key.Stage} of replica {Key.Replica} of '{Key.Model}' is not here, or of another epoch than {epoch}. Try again.");
}
