using Granary.Errors;
using Microsoft.Extensions.Logging;

namespace Granary.Tenants;

/// <summary>
/// One tenant on this silo. Admits from the lease while that lasts; a loop, which runs while there is something to tell, reports and prolongs it four times a second, and at
/// once where requests wait or many have ended. No request has a message of its own.
/// </summary>
/// <param name="name">The tenant.</param>
/// <param name="silo">This silo, with its generation.</param>
/// <param name="tenant">Its grain, and those of its usage.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For what goes wrong.</param>
internal sealed partial class TenantLedger(string name, string silo, ITenantClient tenant, TimeProvider time, ILogger logger)
{
    private const int SettledAtOnce = 64; // what has ended is held in memory until it is told
    private const int RecordedAtOnce = 500; // after an outage there may be more than can be stored before the silo stops waiting

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan WhileShort = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly LeaseBalance _balance = new(silo, time);
    private readonly LinkedList<WaitingRequest> _waiting = new();
    private readonly List<Settlement> _ended = [];
    private readonly List<Settlement> _recorded = [];
    private TaskCompletionSource _wake = NewSignal();
    private TaskCompletionSource _answered = NewSignal();
    private bool _isLooping;
    private bool _isStopped;
    private long _usedAt = time.GetTimestamp();
    private long _reportedAt = time.GetTimestamp();
    private long _answeredAt;
    private long _settlements;
    private long _changes; // what is to be told
    private long _messages;
    private bool _isAway;

    /// <summary>Reports sent so far.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    /// <summary>The lease; 0 while there is none.</summary>
    public long Epoch
    {
        get
        {
            lock (_lock)
            {
                return _balance.Epoch;
            }
        }
    }

    /// <summary>The limits that hold.</summary>
    /// <exception cref="GranaryException">They could not be read.</exception>
    public async ValueTask<TenantLimits> GetLimitsAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            Task answered;
            lock (_lock)
            {
                _usedAt = time.GetTimestamp();
                if (_balance.IsValid)
                {
                    return _balance.Limits!;
                }

                answered = _answered.Task;
                Wake();
            }

            try
            {
                await answered.WaitAsync(Patience, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                throw Away(null);
            }
            catch (GranaryException failure) when (failure.Code != ErrorCode.StoreUnavailable && time.GetElapsedTime(began) < Patience)
            {
                // The grain moves, or its silo died.
            }
        }
    }

    /// <summary>Admits a turn.</summary>
    /// <param name="key">Id of the key that asks.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="prompt">Tokens of its prompt; 0 where they were not counted.</param>
    /// <param name="tokens">What it reserves.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GranaryException">A limit is reached, or the tenant could not be asked.</exception>
    public ValueTask<Admission> AdmitAsync(string key, string turn, long prompt, long tokens, CancellationToken cancellationToken)
    {
        WaitingRequest request;
        lock (_lock)
        {
            _usedAt = time.GetTimestamp();
            if (_balance.IsValid && _waiting.Count == 0)
            {
                if (!_balance.Lacks(tokens))
                {
                    return new(Take(key, turn, prompt, tokens));
                }

                if (Refuse(tokens) is { } refusal)
                {
                    return ValueTask.FromException<Admission>(refusal);
                }
            }

            request = Enqueue(key, turn, prompt, tokens);
        }

        return new(WaitAsync(request, cancellationToken)!);
    }

    /// <summary>Ends when there may be room for so many tokens: at once, unless there was none anywhere by the last answer. Nothing is taken of it.</summary>
    /// <exception cref="GranaryException">A limit is reached, or the tenant could not be asked.</exception>
    public ValueTask LookAsync(long tokens, CancellationToken cancellationToken)
    {
        WaitingRequest request;
        lock (_lock)
        {
            _usedAt = time.GetTimestamp();
            if (!_balance.IsValid || _balance.LacksLongest(tokens, anywhere: true) is null)
            {
                return default;
            }

            if (Refuse(tokens) is { } refusal)
            {
                return ValueTask.FromException(refusal);
            }

            request = Enqueue("", null, 0, tokens);
        }

        return new(WaitAsync(request, cancellationToken));
    }

    /// <summary>Whether a turn is counted here.</summary>
    public bool Counts(string turn)
    {
        lock (_lock)
        {
            return _balance.Counts(turn);
        }
    }

    /// <summary>A turn that was admitted elsewhere runs here, or has ended; the tenant knows.</summary>
    /// <param name="reservation">The turn's.</param>
    /// <param name="epoch">The lease in which it was claimed.</param>
    public void Add(Reservation reservation, long epoch)
    {
        lock (_lock)
        {
            _balance.Add(reservation, epoch);
        }
    }

    /// <summary>A turn that was admitted did not begin. What it reserved stays used: whether it begins after all, only the store knows.</summary>
    public void Drop(string turn)
    {
        lock (_lock)
        {
            _balance.Remove(turn);
            Change();
        }
    }

    /// <summary>A turn that was admitted here had begun elsewhere before, by another reservation: this one goes back.</summary>
    public void GiveBack(Reservation reservation)
    {
        lock (_lock)
        {
            _balance.GiveBack(reservation);
            Change();
        }
    }

    /// <summary>A turn has ended. Ends when that is stored.</summary>
    public Task SettleAsync(Reservation reservation, UsageRecord usage)
    {
        var settlement = new AwaitedSettlement(reservation, usage);
        Settle(settlement);
        return settlement.Stored;
    }

    /// <summary>The same for somebody who does not wait.</summary>
    public void Settle(Settlement settlement)
    {
        lock (_lock)
        {
            settlement.Begin(_balance.Remove(settlement.Reservation.Turn) ?? settlement.Reservation, $"{silo}/{++_settlements}");
            _ended.Add(settlement);
            Change();
            if (_ended.Count == SettledAtOnce)
            {
                _wake.TrySetResult();
            }
        }
    }

    /// <summary>The silo has ended: there is nobody to tell any more. What was not told is in the token log.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            Wake();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static GranaryException Away(Exception? cause) =>
        new(ErrorCode.Unavailable, "The tenant's limits could not be read, so that nothing may begin. Try again.", innerException: cause);

    /// <summary>The refusal of whoever asks after it was told that there is none, and would hear the same; <see langword="null"/> where that is too long ago.</summary>
    private GranaryException? Refuse(long tokens) =>
        _balance.LacksLongest(tokens, anywhere: true) is { } kind && _balance.TellsWhen(kind) && time.GetElapsedTime(_answeredAt) < (kind == QuotaKind.Streams ? WhileShort : Period)
            ? Refusals.Exhausted(_balance, kind, tokens)
            : null;

    private WaitingRequest Enqueue(string key, string? turn, long prompt, long tokens)
    {
        var request = new WaitingRequest(key, turn, prompt, tokens, time.GetTimestamp());
        _waiting.AddLast(request);
        Wake();
        return request;
    }

    private static async Task<Admission?> WaitAsync(WaitingRequest request, CancellationToken cancellationToken)
    {
        await using var leaving = cancellationToken.Register(() => request.Answer.TrySetCanceled(cancellationToken));
        return await request.Answer.Task;
    }

    private Admission Take(string key, string turn, long prompt, long tokens)
    {
        var reservation = _balance.Take(name, key, turn, tokens, prompt);
        if (_balance.Epoch != 0)
        {
            Change();
        }

        return new Admission(reservation, _balance.Epoch == 0 ? null : _balance.Rates(), _balance.Limits!);
    }

    private void Change()
    {
        _changes++;
        Start();
    }

    private void Wake()
    {
        _wake.TrySetResult();
        Start();
    }

    private void Start()
    {
        if (!_isLooping && !_isStopped)
        {
            _isLooping = true;
            _ = Task.Run(LoopAsync); // not on the grain's scheduler that happens to call
        }
    }
}
