namespace Granary.Tenants;

/// <summary>
/// A silo's side of a lease: what it may still take, and what it has to report. Requests are admitted from here without asking anybody. Not safe for several threads.
/// </summary>
/// <param name="silo">This silo, with its generation.</param>
/// <param name="time">The clock.</param>
internal sealed class LeaseBalance(string silo, TimeProvider time)
{
    // The charge must still count when the report arrives; a report that is later than this is refused by the tenant, and nothing comes back.
    private static readonly TimeSpan RefundableFor = TimeSpan.FromSeconds(55);

    private readonly long[] _spent = new long[Quota.Kinds];
    private readonly long[] _refunded = new long[Quota.Kinds];
    private readonly long[] _returned = new long[Quota.Kinds];
    private readonly Dictionary<string, Reservation> _running = new(StringComparer.Ordinal);
    private long[] _granted = new long[Quota.Kinds];
    private long[] _spentWhenAsked = new long[Quota.Kinds];
    private long[] _spentBefore = new long[Quota.Kinds];
    private string[] _heard = [];
    private DateTimeOffset _oldestRefund = DateTimeOffset.MaxValue;
    private DateTimeOffset _oldestUnanswered = DateTimeOffset.MaxValue;
    private LeaseGrant? _last;
    private (long Epoch, long Report) _before; // the lease before this one, and the last of its reports that is known to have been taken in
    private long _askedAt;
    private long _answered; // the last report of this lease that is known to have been taken in
    private long _number;

    /// <summary>The last answer; <see langword="null"/> before the first one.</summary>
    public LeaseGrant? Last => _last;

    /// <summary>The limits that were told last.</summary>
    public TenantLimits? Limits => _last?.Limits;

    /// <summary>Whether requests may be admitted: an admin may have changed everything when this has passed.</summary>
    public bool IsValid => _last is { } last && time.GetElapsedTime(_askedAt) < last.ValidFor;

    /// <summary>Turns that run here.</summary>
    public int Running => _running.Count;

    /// <summary>The tenant's time, as far as it is known here.</summary>
    public DateTimeOffset Now => _last is { } last ? last.Now + time.GetElapsedTime(_askedAt) : time.GetUtcNow();

    /// <summary>The lease; 0 while there is none.</summary>
    public long Epoch => _last?.Epoch ?? 0;

    /// <summary>What may be taken of a kind; below 0 where more is in use than may be since limits were lowered.</summary>
    public long Free(QuotaKind kind) => Held(kind) - (kind == QuotaKind.Streams ? _running.Count : 0);

    /// <summary>Whether a request lacks something of any kind.</summary>
    public bool Lacks(long tokens)
    {
        foreach (var kind in Quota.All)
        {
            if (Lacks(kind, tokens, anywhere: false))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Of the kinds that a request lacks, the one of which there is enough last; <see langword="null"/> if it lacks none.</summary>
    /// <param name="tokens">What it needs.</param>
    /// <param name="anywhere">Whether to look at those alone of which there is not enough anywhere, by the last answer.</param>
    public QuotaKind? LacksLongest(long tokens, bool anywhere)
    {
        var (longest, until) = (default(QuotaKind?), TimeSpan.Zero);
        foreach (var kind in Quota.All)
        {
            if (!Lacks(kind, tokens, anywhere))
            {
                continue;
            }

            if (RetryAfter(kind, tokens) is not { } time)
            {
                return kind; // there never is
            }

            if (longest is null || time > until)
            {
                (longest, until) = (kind, time);
            }
        }

        return longest;
    }

    /// <summary>Whether <see cref="RetryAfter"/> knows about a kind: the schedule of a minute is told only to those who were short.</summary>
    public bool TellsWhen(QuotaKind kind) => kind switch
    {
        QuotaKind.Requests => _last!.FreedRequests.Length > 0,
        QuotaKind.Tokens => _last!.FreedTokens.Length > 0,
        _ => true,
    };

    /// <summary>Admits a request.</summary>
    public Reservation Take(string tenant, string key, string turn, long tokens, long prompt = 0)
    {
        foreach (var kind in Quota.All)
        {
            _spent[(int)kind] += kind == QuotaKind.Streams ? 0 : Quota.Of(kind, tokens);
        }

        var now = Now;
        var reservation = new Reservation
        {
            Tenant = tenant,
            Key = key,
            Turn = turn,
            Silo = silo,
            Epoch = Epoch,
            Report = _number + 1,
            Tokens = tokens,
            PromptTokens = prompt,
            At = now,
            Day = _last is { Epoch: not 0 } last ? last.Day : Quota.DayOf(now),
            Month = _last is { Epoch: not 0 } then ? then.Month : Quota.MonthOf(now),
            Weight = Limits?.Weight ?? 1,
        };
        _running[turn] = reservation;
        return reservation;
    }

    /// <summary>Whether a turn is counted here.</summary>
    public bool Counts(string turn) => _running.ContainsKey(turn);

    /// <summary>A turn that was admitted elsewhere runs here from now on; the tenant knows.</summary>
    /// <param name="reservation">The turn's.</param>
    /// <param name="epoch">The lease in which it was claimed.</param>
    public void Add(Reservation reservation, long epoch) => _running[reservation.Turn] = reservation with { Silo = silo, Epoch = epoch, Report = _number + 1 };

    /// <summary>A turn does not run any more.</summary>
    /// <returns>What it is counted by here; <see langword="null"/> where it did not run here.</returns>
    public Reservation? Remove(string turn) => _running.Remove(turn, out var counted) ? counted : null;

    /// <summary>What a turn reserved and did not use goes back to the tenant, if it is known that the tenant was told of what it reserved, or is told with it.</summary>
    public void Refund(Reservation reservation, long usedTokens) => Refund(reservation, Math.Max(0, reservation.Tokens - usedTokens), requests: 0);

    /// <summary>A request that was admitted here runs by another reservation: all of this one goes back.</summary>
    public void GiveBack(Reservation reservation)
    {
        if (_running.GetValueOrDefault(reservation.Turn) == reservation)
        {
            _running.Remove(reservation.Turn);
        }

        Refund(reservation, reservation.Tokens, requests: 1);
    }

    private void Refund(Reservation reservation, long unused, long requests)
    {
        if (unused + requests == 0 || Epoch == 0 || !IsCharged(reservation))
        {
            return;
        }

        if (Now - reservation.At < RefundableFor)
        {
            _refunded[(int)QuotaKind.Requests] += requests;
            _refunded[(int)QuotaKind.Tokens] += unused;
            _oldestRefund = reservation.At < _oldestRefund ? reservation.At : _oldestRefund;
        }

        _refunded[(int)QuotaKind.DayTokens] += reservation.Day == _last!.Day ? unused : 0;
        _refunded[(int)QuotaKind.MonthTokens] += reservation.Month == _last.Month ? unused : 0;
    }

    /// <summary>The next report.</summary>
    /// <param name="waiting">Tokens of the requests that wait, in order.</param>
    /// <param name="wanted">For how many times what was taken since the last report there should be room.</param>
    /// <param name="ended">Reservations of turns that have ended and whose usage is not stored yet.</param>
    public LeaseReport Report(IReadOnlyCollection<long> waiting, double wanted, IReadOnlyCollection<Reservation> ended)
    {
        var (head, need, want) = (new long[Quota.Kinds], new long[Quota.Kinds], new long[Quota.Kinds]);
        foreach (var kind in Quota.All)
        {
            var k = (int)kind;
            var free = Math.Max(0, Free(kind));
            var expected = kind == QuotaKind.Streams
                ? _spent[(int)QuotaKind.Requests] - _spentBefore[(int)QuotaKind.Requests]
                : (long)((_spent[k] - _spentBefore[k]) * wanted);
            var first = waiting.Count == 0 ? 0 : Quota.Of(kind, waiting.First());
            var all = waiting.Sum(tokens => Quota.Of(kind, tokens));
            var keep = Math.Max(all, expected);
            if (Epoch != 0 && (first > free || (waiting.Count == 0 && (free > 2 * keep || _last!.IsShort))))
            {
                // What does not let the first one in may let another silo's in. What is needed here comes back with the answer.
                var surplus = first > free || _last!.IsShort ? free : free - keep;
                _returned[k] += surplus;
                free -= surplus;
            }

            head[k] = Math.Max(0, first - free);
            need[k] = Math.Max(0, all - free);
            want[k] = Math.Max(need[k], _last?.IsShort == true ? 0 : keep - free);
        }

        _spentBefore = [.. _spent];
        _spentWhenAsked = [.. _spent];
        _oldestUnanswered = _oldestRefund < _oldestUnanswered ? _oldestRefund : _oldestUnanswered;
        _oldestRefund = DateTimeOffset.MaxValue;
        return new LeaseReport
        {
            Silo = silo,
            Epoch = Epoch,
            Number = ++_number,
            Spent = [.. _spent],
            Refunded = [.. _refunded],
            Returned = [.. _returned],
            InUse = _running.Count,
            Head = head,
            Need = need,
            Want = want,
            Day = _last?.Day ?? 0,
            Month = _last?.Month ?? 0,
            OldestRefund = _oldestUnanswered,
            Heard = _heard,
            Reserved = Reserved(ended),
        };
    }

    /// <summary>Takes the answer to the last report in.</summary>
    /// <param name="grant">The answer.</param>
    /// <param name="askedAt">When the report was sent.</param>
    public void Answered(LeaseGrant grant, long askedAt)
    {
        if (grant.Epoch != Epoch)
        {
            // What was admitted since the last report is told to nobody: limits were cleared, and have been set again since.
            _before = Epoch == 0 ? _before : (Epoch, _answered);
            Array.Clear(_spent);
            Array.Clear(_refunded);
            Array.Clear(_returned);
            Array.Clear(_granted);
            (_spentBefore, _spentWhenAsked) = ([.. _spent], [.. _spent]);
        }
        else if (_last is { } last)
        {
            Begin(QuotaKind.DayTokens, grant.Day != last.Day);
            Begin(QuotaKind.MonthTokens, grant.Month != last.Month);
        }

        foreach (var turn in grant.Claimed)
        {
            _running.Remove(turn);
        }

        _answered = _number;
        _oldestUnanswered = DateTimeOffset.MaxValue;
        _heard = grant.Claimed;
        _granted = grant.Epoch == 0 ? new long[Quota.Kinds] : [.. grant.Granted];
        foreach (var kind in Quota.All)
        {
            _returned[(int)kind] += Math.Clamp(grant.Excess.ElementAtOrDefault((int)kind), 0, Math.Max(0, Held(kind)));
        }

        (_last, _askedAt) = (grant, askedAt);
    }

    /// <summary>How far the tenant is from its limits of a minute.</summary>
    /// <param name="retryAfter">Of a refusal.</param>
    public RateLimits Rates(TimeSpan? retryAfter = null)
    {
        var limits = Limits ?? new TenantLimits();
        return new RateLimits
        {
            LimitRequests = limits.RequestsPerMinute,
            RemainingRequests = Remaining(QuotaKind.Requests),
            ResetRequests = Reset(QuotaKind.Requests),
            LimitTokens = limits.TokensPerMinute,
            RemainingTokens = Remaining(QuotaKind.Tokens),
            ResetTokens = Reset(QuotaKind.Tokens),
            RetryAfter = retryAfter,
        };
    }

    /// <summary>When a request that lacks something can be admitted at the earliest, by the last answer; <see langword="null"/> if never.</summary>
    public TimeSpan? RetryAfter(QuotaKind kind, long tokens)
    {
        var (last, needed) = (_last!, Quota.Of(kind, tokens));
        if (needed > Limits![kind])
        {
            return null;
        }

        var since = time.GetElapsedTime(_askedAt);
        return kind switch
        {
            QuotaKind.DayTokens => Positive(last.DayEndsIn - since),
            QuotaKind.MonthTokens => Positive(last.MonthEndsIn - since),
            QuotaKind.Streams => TimeSpan.FromSeconds(1),
            _ => Positive(Freed(kind == QuotaKind.Requests ? last.FreedRequests : last.FreedTokens, needed - Free(kind) - last.Reachable[(int)kind]) - since),
        };
    }

    private long Held(QuotaKind kind) => _granted[(int)kind] - _returned[(int)kind] - _spent[(int)kind];

    private bool IsCharged(Reservation reservation) => reservation.Epoch != 0 && reservation.Silo == silo
        && (reservation.Epoch == Epoch || (reservation.Epoch == _before.Epoch && reservation.Report <= _before.Report));

    private long[] Reserved(IReadOnlyCollection<Reservation> ended)
    {
        var reserved = new long[Quota.Kinds];
        foreach (var reservation in _running.Values.Concat(ended).Where(IsCharged))
        {
            reserved[(int)QuotaKind.DayTokens] += reservation.Day == _last?.Day ? reservation.Tokens : 0;
            reserved[(int)QuotaKind.MonthTokens] += reservation.Month == _last?.Month ? reservation.Tokens : 0;
        }

        return reserved;
    }

    private bool Lacks(QuotaKind kind, long tokens, bool anywhere) =>
        Epoch != 0 && Limits![kind] is not null && Quota.Of(kind, tokens) > Free(kind) + (anywhere ? _last!.Reachable[(int)kind] : 0);

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    private static TimeSpan Freed(FreedAmount[] freed, long lacking)
    {
        foreach (var part in freed)
        {
            lacking -= part.Amount;
            if (lacking <= 0)
            {
                return part.In;
            }
        }

        return MinuteWindow.Longest; // what leases of other silos hold has not begun to count down
    }

    private void Begin(QuotaKind kind, bool isNew)
    {
        if (isNew)
        {
            var k = (int)kind;
            _spent[k] = _refunded[k] = _returned[k] = _spentBefore[k] = _spentWhenAsked[k] = 0;
        }
    }

    private long Remaining(QuotaKind kind) =>
        Epoch == 0 || Limits![kind] is null ? 0 : Math.Max(0, _last!.Remaining[(int)kind] - (_spent[(int)kind] - _spentWhenAsked[(int)kind]));

    private TimeSpan Reset(QuotaKind kind)
    {
        var k = (int)kind;
        if (Epoch == 0 || Limits![kind] is not { } limit || Remaining(kind) == limit)
        {
            return TimeSpan.Zero;
        }

        var told = kind == QuotaKind.Requests ? _last!.ResetRequests : _last!.ResetTokens;
        return _spent[k] != _spentWhenAsked[k] ? MinuteWindow.Longest : Positive(told - time.GetElapsedTime(_askedAt));
    }
}
