using Granary.Clustering;
using Granary.Deployments;
using Granary.Engine.Experts;
using Granary.Errors;

namespace Granary.Shards;

/// <summary>
/// The way from this silo's layers of a model to experts on other silos: a window of calls for each silo, a second question to a replica where an answer is late, and patience
/// while experts whose silo died are loaded elsewhere.
/// </summary>
/// <remarks>Hedged requests as in J. Dean and L. A. Barroso, The Tail at Scale, CACM 56(2), 2013.</remarks>
internal sealed class RemoteExperts(
    string model, ExpertTable silos, ISiloMembers members, ExpertMetrics metrics, ExpertsOptions options, TimeProvider timeProvider) : IExpertLink
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(20);

    private volatile ExpertPlacement _placement = new(new Dictionary<ExpertId, System.Collections.Immutable.ImmutableArray<int>>(), null);
    private volatile ExpertHolder[] _holders = [];

    public ExpertPlacement Placement => _placement;

    /// <summary>Experts are elsewhere from now on.</summary>
    public void Place(ExpertHolder[] holders)
    {
        _holders = holders;
        _placement = silos.Place(holders);
    }

    public async Task<ExpertReply> RunAsync(int destination, ExpertBatch batch)
    {
        var silo = silos[destination];
        if (silo.IsAvoided && Elsewhere(batch, silo) is { } quicker)
        {
            return await AskPartsAsync(quicker);
        }

        var first = AskAsync(silo, batch);
        if (await IsDoneAsync(first, Patience(silo, batch)) || Elsewhere(batch, silo) is not { } elsewhere)
        {
            return await first;
        }

        var second = AskPartsAsync(elsewhere);
        var winner = await FirstAnswerAsync(first, second);
        metrics.Hedged(model, winner == second);
        if (winner == second)
        {
            silo.Lost();
        }

        return await winner;
    }

    public async Task<ExpertPlacement> RepairAsync(ExpertPlacement seen, IReadOnlyList<ExpertId> failed)
    {
        var begin = timeProvider.GetTimestamp();
        await Task.Delay(Breath, timeProvider); // what failed may have been busy
        while (timeProvider.GetElapsedTime(begin) < options.RepairTimeout)
        {
            var placement = _placement;
            if (failed.All(id => IsReachable(placement, id)))
            {
                return placement != seen ? placement : Renew();
            }

            await Task.Delay(Look, timeProvider);
        }

        throw new GranaryException(ErrorCode.Unavailable, $"No silo has had {failed.Count} experts of '{model}' for {options.RepairTimeout.TotalSeconds:0} s. Try again.");
    }

    /// <summary>The same places as another object: they may be asked once more.</summary>
    private ExpertPlacement Renew()
    {
        Place(_holders);
        return _placement;
    }

    private bool IsReachable(ExpertPlacement placement, ExpertId id)
    {
        foreach (var destination in placement.Of(id))
        {
            if (destination == placement.Here || IsActive(silos[destination]))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<ExpertReply> AskPartsAsync(SplitBatch split) =>
        split.Merge(await Task.WhenAll(split.Parts.Select(part => AskAsync(silos[part.Destination], part.Batch))));

    private async Task<ExpertReply> AskAsync(ExpertPeer silo, ExpertBatch batch)
    {
        try
        {
            var begin = timeProvider.GetTimestamp();
            await EnterAsync(silo, begin);
            try
            {
                var asked = timeProvider.GetTimestamp();
                var reply = await WhileActiveAsync(silo, silo.Grain.RunAsync(batch), begin);
                var took = timeProvider.GetElapsedTime(asked);
                silo.Times.Add(batch.Tokens, took);
                silo.Won();
                metrics.Answered(model, batch.Hidden.Length + reply.Sums.Length, took);
                return reply;
            }
            finally
            {
                silo.Window.Release();
            }
        }
        catch (Exception)
        {
            metrics.Failed(model);
            throw;
        }
    }

    private async Task EnterAsync(ExpertPeer silo, long begin)
    {
        if (!IsActive(silo))
        {
            throw Gone(silo);
        }

        while (!await silo.Window.WaitAsync(Look))
        {
            RequireHope(silo, begin);
        }
    }

    private async Task<ExpertReply> WhileActiveAsync(ExpertPeer silo, Task<ExpertReply> call, long begin)
    {
        while (!await IsDoneAsync(call, Look))
        {
            RequireHope(silo, begin);
        }

        return await call;
    }

    private void RequireHope(ExpertPeer silo, long begin)
    {
        if (!IsActive(silo))
        {
            throw Gone(silo);
        }

        if (timeProvider.GetElapsedTime(begin) > options.CallTimeout)
        {
            throw new GranaryException(ErrorCode.Unavailable, $"Experts of '{model}' on silo {silo.Address} did not answer in {options.CallTimeout.TotalSeconds:0} s. Try again.");
        }
    }

    /// <summary>The batch, asked of other silos; <see langword="null"/> where one of its experts has no other that is there.</summary>
    private SplitBatch? Elsewhere(ExpertBatch batch, ExpertPeer than)
    {
        var placement = _placement;
        var others = new Dictionary<int, int>();
        foreach (var expert in batch.Experts)
        {
            if (!others.ContainsKey(expert))
            {
                if (Other(placement, new ExpertId(batch.Layer, expert), than) is not { } other)
                {
                    return null;
                }

                others[expert] = other;
            }
        }

        return SplitBatch.Of(batch, expert => others[expert]);
    }

    private int? Other(ExpertPlacement placement, ExpertId id, ExpertPeer than)
    {
        foreach (var destination in placement.Of(id))
        {
            if (destination != than.Number && destination != placement.Here && silos[destination] is { IsAvoided: false } silo && IsActive(silo))
            {
                return destination;
            }
        }

        return null;
    }

    private TimeSpan Patience(ExpertPeer silo, ExpertBatch batch)
    {
        var usual = silo.Times.Usual(batch.Tokens) * options.HedgeFactor ?? options.CallTimeout;
        return usual > options.MinHedgeDelay ? usual : options.MinHedgeDelay;
    }

    private bool IsActive(ExpertPeer silo) => members.Active.Any(member => member.Address.Equals(silo.Address));

    private GranaryException Gone(ExpertPeer silo) => new(ErrorCode.Unavailable, $"Silo {silo.Address} with experts of '{model}' is gone. Try again.");

    private async Task<bool> IsDoneAsync(Task task, TimeSpan limit)
    {
        if (task.IsCompleted)
        {
            return true;
        }

        using var enough = new CancellationTokenSource();
        var done = await Task.WhenAny(task, Task.Delay(limit, timeProvider, enough.Token)) == task;
        await enough.CancelAsync();
        return done;
    }

    /// <summary>The first that does not fail; the last one if both do.</summary>
    private static async Task<Task<ExpertReply>> FirstAnswerAsync(Task<ExpertReply> first, Task<ExpertReply> second)
    {
        var done = await Task.WhenAny(first, second);
        var other = done == first ? second : first;
        if (done.IsCompletedSuccessfully)
        {
            _ = other.ContinueWith(late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            return done;
        }

        await Task.WhenAny(other);
        return other;
    }
}
