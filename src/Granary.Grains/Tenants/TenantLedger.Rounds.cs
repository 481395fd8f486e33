using Granary.Errors;
using Granary.Serving;

namespace Granary.Tenants;

/// <summary>The loop: a round records what has ended, reports, and hands out what came back.</summary>
internal sealed partial class TenantLedger
{
    private async Task LoopAsync()
    {
        while (true)
        {
            var (isIdle, changes) = (false, 0L);
            lock (_lock)
            {
                changes = _changes;
                isIdle = time.GetElapsedTime(_usedAt) > IdleAfter;
                _wake = NewSignal();
            }

            var pause = await RoundAsync();
            Task wake;
            lock (_lock)
            {
                if (_isStopped || (isIdle && changes == _changes && pause == Period && _waiting.Count == 0 && !_wake.Task.IsCompleted))
                {
                    _isLooping = false; // the last report gave back what lay unused
                    return;
                }

                wake = _wake.Task;
            }

            // Who waits for others, or for a grain that is away, is not helped by asking more often.
            await (pause == Period ? Task.WhenAny(wake, Task.Delay(pause, time)) : Task.Delay(pause, time));
        }
    }

    /// <returns>When to do it again, unless something happens before.</returns>
    private async Task<TimeSpan> RoundAsync()
    {
        var goesOn = await RecordAsync();
        LeaseReport report;
        long askedAt;
        Settlement[] told;
        lock (_lock)
        {
            askedAt = time.GetTimestamp();
            var elapsed = time.GetElapsedTime(_reportedAt, askedAt);
            _reportedAt = askedAt;
            Forget();
            report = _balance.Report([.. _waiting.Select(request => request.Tokens)], Math.Clamp(TimeSpan.FromSeconds(1) / Max(elapsed, WhileShort), 1, 20), [.. _ended.Select(settlement => settlement.Counted)]);
            told = [.. _recorded];
        }

        try
        {
            Interlocked.Increment(ref _messages);
            var grant = await tenant.RenewAsync(report).WaitAsync(AskTimeout, time);
            Answer(grant, askedAt, told);
        }
        catch (Exception exception)
        {
            Fail(GrainErrors.Translate(exception));
            return AfterFailure;
        }

        lock (_lock)
        {
            return goesOn ?? (_waiting.Count > 0 || _balance.Last!.IsShort ? WhileShort : Period);
        }
    }

    /// <summary>Stores what turns have used, and gives back what those reserved besides of which nobody had told before.</summary>
    /// <returns>When to go on, where something is left.</returns>
    private async Task<TimeSpan?> RecordAsync()
    {
        Settlement[] ended;
        lock (_lock)
        {
            ended = [.. _ended.Take(RecordedAtOnce)];
        }

        if (ended.Length == 0)
        {
            return null;
        }

        try
        {
            var isNew = await tenant.RecordAsync([.. ended.Select(settlement => settlement.Usage)]).WaitAsync(AskTimeout, time);
            lock (_lock)
            {
                _ended.RemoveRange(0, ended.Length);
                _recorded.AddRange(ended);
                foreach (var (settlement, _) in ended.Zip(isNew).Where(pair => pair.Second))
                {
                    _balance.Refund(settlement.Counted, settlement.Usage.PromptTokens + settlement.Usage.OutputTokens);
                }
            }

            return ended.Length == RecordedAtOnce ? WhileShort : null;
        }
        catch (Exception exception)
        {
            LogNotRecorded(name, GrainErrors.Translate(exception).Message);
            return AfterFailure;
        }
    }

    private void Answer(LeaseGrant grant, long askedAt, Settlement[] told)
    {
        TaskCompletionSource answered;
        lock (_lock)
        {
            _balance.Answered(grant, askedAt);
            _answeredAt = time.GetTimestamp();
            _isAway = false;
            for (var node = _waiting.First; node is not null && _balance.IsValid; node = _waiting.First)
            {
                var request = node.Value;
                if (!_balance.Lacks(request.Tokens))
                {
                    _waiting.RemoveFirst();
                    if (request.Turn is not { } turn)
                    {
                        request.Answer.TrySetResult(null);
                    }
                    else if (!request.Answer.Task.IsCompleted && !request.Answer.TrySetResult(Take(request.Key, turn, request.Prompt, request.Tokens)))
                    {
                        _balance.Remove(turn); // it left in this moment
                    }
                }
                else if (_balance.LacksLongest(request.Tokens, anywhere: true) is { } gone)
                {
                    _waiting.RemoveFirst();
                    request.Answer.TrySetException(Refusals.Exhausted(_balance, gone, request.Tokens));
                }
                else
                {
                    break; // it may come back from another silo
                }
            }

            _recorded.RemoveRange(0, told.Length);
            (answered, _answered) = (_answered, NewSignal());
        }

        answered.TrySetResult();
        foreach (var settlement in told)
        {
            settlement.OnStored();
        }
    }

    private void Fail(GranaryException failure)
    {
        TaskCompletionSource answered;
        lock (_lock)
        {
            foreach (var request in _waiting.ToArray())
            {
                if (failure.Code == ErrorCode.StoreUnavailable || time.GetElapsedTime(request.Since) > Patience)
                {
                    _waiting.Remove(request);
                    request.Answer.TrySetException(failure.Code == ErrorCode.StoreUnavailable ? failure : Away(failure));
                }
            }

            (answered, _answered) = (_answered, NewSignal());
        }

        answered.TrySetException(failure);
        _ = answered.Task.Exception; // nobody need have waited
        if (!_isAway)
        {
            LogAway(name, failure.Message); // said once: it goes on for some time
        }

        _isAway = true;
    }

    /// <summary>Those that left, and those that have waited for too long.</summary>
    private void Forget()
    {
        foreach (var request in _waiting.ToArray())
        {
            if (request.Answer.Task.IsCompleted)
            {
                _waiting.Remove(request);
            }
            else if (time.GetElapsedTime(request.Since) > Patience && _balance.LacksLongest(request.Tokens, anywhere: false) is { } kind)
            {
                _waiting.Remove(request);
                request.Answer.TrySetException(Refusals.Exhausted(_balance, kind, request.Tokens));
            }
        }
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
