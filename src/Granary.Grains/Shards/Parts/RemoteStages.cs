using System.Collections.Concurrent;
using Granary.Clustering;
using Granary.Deployments;
using Granary.Engine.Stages;
using Granary.Errors;

namespace Granary.Shards;

/// <summary>
/// The head's way to its other stages. A step that does not come back in time, or whose stage's silo has left the cluster, fails: the replica begins anew then, and its generations go on from
/// the log.
/// </summary>
internal sealed class RemoteStages(IGrainFactory grains, PartOrder order, ISiloMembers members, StageMetrics metrics, TimeSpan stepTimeout, TimeProvider timeProvider) : IStageLink
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<int, Pending> _pending = new(); // by lane
    private readonly SiloAddress[] _silos = [.. order.Stages.Select(stage => SiloAddress.FromParsableString(stage.Address)).Distinct()];
    private readonly string[] _route = RouteOf(order);
    private readonly IStageGrain[] _stages = [.. RouteOf(order).Select(key => grains.GetGrain<IStageGrain>(key))]; // made once: Microsoft's engine looks the interface up by reflection

    private volatile bool _isAbandoned;

    public async Task<StageResult> RunAsync(StageStep step)
    {
        var pending = new Pending(step.Number);
        _pending[step.Lane] = pending;
        if (_isAbandoned)
        {
            throw Abandoned();
        }

        var begin = timeProvider.GetTimestamp();
        metrics.Sent(order.Part.Model, step.Hidden.Length, TimeSpan.Zero);
        await _stages[1].RunAsync(new StageMessage(order.Part.Epoch, _route, step));
        while (true)
        {
            try
            {
                return await pending.Done.Task.WaitAsync(Look, timeProvider);
            }
            catch (TimeoutException)
            {
                RequireHope(begin);
            }
        }
    }

    /// <summary>A step has come back.</summary>
    public void Complete(StageAnswer answer)
    {
        if (!_pending.TryGetValue(answer.Lane, out var pending) || pending.Number != answer.Number)
        {
            return; // given up, or it came twice
        }

        if (answer.Result is { } result)
        {
            pending.Done.TrySetResult(result);
        }
        else
        {
            pending.Done.TrySetException(new GranaryException(ErrorCode.Unavailable, answer.Error ?? "A stage failed."));
        }
    }

    /// <summary>Gives up what is under way, and all that comes.</summary>
    public void Abandon()
    {
        _isAbandoned = true;
        foreach (var pending in _pending.Values)
        {
            pending.Done.TrySetException(Abandoned());
        }
    }

    public Task CopyAsync(SlotCopy[] copies) => GuardAsync(() => Task.WhenAll(_stages.Skip(1).Select(stage => stage.CopyAsync(order.Part.Epoch, copies))));

    public async Task<byte[]> ReadKvAsync(int stage, KvRange range)
    {
        byte[] bytes = [];
        await GuardAsync(async () => bytes = await _stages[stage].ReadKvAsync(order.Part.Epoch, range));
        return bytes;
    }

    public Task WriteKvAsync(int stage, KvRange range, byte[] keysAndValues) => GuardAsync(() => _stages[stage].WriteKvAsync(order.Part.Epoch, range, keysAndValues));

    private async Task GuardAsync(Func<Task> call)
    {
        try
        {
            await call().WaitAsync(stepTimeout, timeProvider);
        }
        catch (Exception exception) when (exception is not GranaryException)
        {
            throw new GranaryException(ErrorCode.Unavailable, $"A stage of replica {order.Part.Replica} of '{order.Part.Model}' did not answer. Try again.", innerException: exception);
        }
    }

    private void RequireHope(long begin)
    {
        var active = members.Active.Select(member => member.Address).ToHashSet();
        if (Array.Find(_silos, silo => !active.Contains(silo)) is { } gone)
        {
            throw new GranaryException(ErrorCode.Unavailable, $"Silo {gone} with a stage of replica {order.Part.Replica} of '{order.Part.Model}' is gone. Try again.");
        }

        if (timeProvider.GetElapsedTime(begin) > stepTimeout)
        {
            throw new GranaryException(ErrorCode.Unavailable, $"A step of replica {order.Part.Replica} of '{order.Part.Model}' did not come back in {stepTimeout.TotalSeconds:0} s. Try again.");
        }
    }

    private GranaryException Abandoned() => new(ErrorCode.Unavailable, $"Replica {order.Part.Replica} of '{order.Part.Model}' begins anew. Try again.");

    private static string[] RouteOf(PartOrder order) => [.. order.Stages.Select(stage => new StageKey(order.Part.Model, order.Part.Replica, stage.Stage).On(stage.Address))];

    private sealed record Pending(long Number)
    {
        public TaskCompletionSource<StageResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
