namespace Granary.Tenants;

/// <summary>
/// The arithmetic of a tenant's leases. For every kind, what requests have taken and what leases hold is together never above the limit; what a lease holds counts as used
/// until it is given back, or its silo is dead for <c>ReturnAfter</c>.
/// </summary>
/// <param name="state">Stored by the caller, before anybody hears of what changed.</param>
/// <param name="returnAfter">How long after a silo's death what it held returns.</param>
internal sealed class TenantBook(TenantState state, TimeSpan returnAfter)
{
    /// <summary>How long a silo may act by a grant: an admin's change holds everywhere when this has passed.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromMilliseconds(900);

    private const int MaxEnded = 256;
    private const long SurplusShare = 4;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortFor = TimeSpan.FromSeconds(1);

    private readonly Dictionary<long, DateTimeOffset> _goneSince = [];
    private readonly Dictionary<long, DateTimeOffset> _heard = [];
    private DateTimeOffset _shortUntil;
    private long _shortEpoch;

    /// <summary>Whether the state is to be stored.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>Takes a report in and gives what is asked for, as far as it is there.</summary>
    /// <param name="report">The report.</param>
    /// <param name="limits">The limits that hold.</param>
    /// <param name="now">From <see cref="Advance"/>.</param>
    public LeaseGrant Renew(LeaseReport report, TenantLimits limits, DateTimeOffset now)
    {
        if (!limits.HasQuotas)
        {
            return new LeaseGrant { Limits = limits, ValidFor = Validity, Now = now, Day = Quota.DayOf(now), Month = Quota.MonthOf(now) };
        }

        if (state.Leases.Find(lease => lease.Silo == report.Silo) is { Report: > 0 } known && known.Epoch != report.Epoch && report.Number > known.Report)
        {
            state.Leases.Remove(known); // the silo has let go of it
        }

        var lease = FindOrAdd(report.Silo);
        _heard[lease.Epoch] = now;
        if (report.Epoch == lease.Epoch && report.Number > lease.Report)
        {
            Take(lease, report, now);
        }

        var isShort = Give(lease, report, limits, now);
        long[] excess = [.. Quota.All.Select(kind => limits[kind] is null ? 0 : Math.Clamp(-Free(kind, limits, now), 0, lease.Held(kind)))];
        var (day, month) = (Quota.DayEndsIn(now), Quota.MonthEndsIn(now));
        return new LeaseGrant
        {
            Limits = limits,
            ValidFor = day < Validity ? day : Validity,
            Now = now,
            Epoch = lease.Epoch,
            Granted = [.. lease.Granted],
            Day = state.Day,
            Month = state.Month,
            Reachable = [.. Quota.All.Select(kind => Math.Max(0, Free(kind, limits, now) + excess[(int)kind] + Elsewhere(kind, lease, now)))],
            Remaining = [.. Quota.All.Select(kind => limits[kind] is { } limit ? Math.Max(0, limit - Taken(kind, now)) : 0)],
            FreedRequests = isShort ? state.Requests.Schedule(now) : [],
            FreedTokens = isShort ? state.Tokens.Schedule(now) : [],
            DayEndsIn = day,
            MonthEndsIn = month,
            IsShort = now < _shortUntil && _shortEpoch != lease.Epoch,
            Claimed = [.. lease.Claimed.Keys],
            ResetRequests = state.Requests.EmptyIn(now),
            ResetTokens = state.Tokens.EmptyIn(now),
            Excess = excess,
        };
    }

    /// <summary>Counts a turn at the silo where it goes on; whether it may.</summary>
    /// <remarks>One that has ended counts whatever is left: its tokens were seen. Asked twice, it counts once.</remarks>
    public bool Claim(Reservation reservation, string silo, long epoch, bool hasEnded, TenantLimits limits, DateTimeOffset now)
    {
        if (!limits.HasQuotas || reservation.Epoch == 0)
        {
            return true;
        }

        var to = FindOrAdd(silo);
        if (to.Epoch != epoch)
        {
            return false; // it asks again when it has a lease
        }

        var from = state.Leases.Find(lease => lease.Silo == reservation.Silo && lease.Epoch == reservation.Epoch);
        var heir = from?.Claimed.GetValueOrDefault(reservation.Turn) ?? 0;
        if (heir == to.Epoch)
        {
            return true; // whoever stored that died before it could say so
        }

        var isCounted = (from?.Report ?? state.Ended.GetValueOrDefault(reservation.Epoch, -1)) >= reservation.Report || heir != 0;
        if (from is null && !hasEnded && !Fits(reservation, isCounted, limits, now))
        {
            return false;
        }

        foreach (var kind in Quota.All)
        {
            if (kind != QuotaKind.Streams && !isCounted && IsCurrent(reservation, kind))
            {
                if (from is not null)
                {
                    from.Spent[(int)kind] += Quota.Of(kind, reservation.Tokens);
                }

                Charge(kind, Quota.Of(kind, reservation.Tokens), now);
            }

            if (kind is QuotaKind.DayTokens or QuotaKind.MonthTokens && IsCurrent(reservation, kind))
            {
                to.Reserved[(int)kind] += from == to && isCounted ? 0 : reservation.Tokens; // until its next report says so
            }
        }

        if (from != to)
        {
            if (from is not null)
            {
                var moved = heir == 0 ? 1 : 0; // at the second move it has left already
                from.Granted[(int)QuotaKind.Streams] -= Math.Min(moved, from.Held(QuotaKind.Streams));
                from.InUse = Math.Max(0, from.InUse - moved);
                from.Claimed[reservation.Turn] = to.Epoch;
            }

            to.InUse++;
            to.Granted[(int)QuotaKind.Streams]++;
            to.Cover(); // its next report may have been on the way already, without the turn
        }

        IsChanged = true;
        return true;
    }

    /// <summary>What counts of a kind now, without what leases hold unused.</summary>
    public long Taken(QuotaKind kind, DateTimeOffset now) => kind switch
    {
        QuotaKind.Requests => state.Requests.Sum(Later(now)),
        QuotaKind.Tokens => state.Tokens.Sum(Later(now)),
        QuotaKind.DayTokens => state.DayTokens,
        QuotaKind.MonthTokens => state.MonthTokens,
        _ => state.Leases.Sum(lease => lease.InUse),
    };

    /// <summary>The state is stored.</summary>
    public void Stored() => IsChanged = false;

    /// <summary>Moves on to the next day and month, and notices who is dead. Comes before everything else that is done at a time.</summary>
    /// <param name="now">The time of this silo.</param>
    /// <param name="living">The silos that are not dead.</param>
    /// <returns>The time to go by.</returns>
    public DateTimeOffset Advance(DateTimeOffset now, IReadOnlySet<string> living)
    {
        now = Later(now);
        state.Clock = now;
        Roll(Quota.DayOf(now), state.Day, QuotaKind.DayTokens, day => (state.Day, state.DayTokens) = (day, 0));
        Roll(Quota.MonthOf(now), state.Month, QuotaKind.MonthTokens, month => (state.Month, state.MonthTokens) = (month, 0));
        foreach (var lease in state.Leases)
        {
            _heard.TryAdd(lease.Epoch, now);
            if (living.Contains(lease.Silo))
            {
                _goneSince.Remove(lease.Epoch);
            }
            else
            {
                _goneSince.TryAdd(lease.Epoch, now);
            }
        }

        return now;
    }

    /// <summary>Whether a silo is dead for so long that its lease may return.</summary>
    public bool HasDue(DateTimeOffset now) => state.Leases.Exists(lease => IsDue(lease, now));

    /// <summary>Returns the leases that are due, but for those by which a turn was admitted that has neither ended nor gone on elsewhere.</summary>
    /// <param name="open">What the tenant's turns that have not ended were admitted with.</param>
    /// <param name="now">The time.</param>
    /// <remarks>The requests of a minute do not return but pass: answers from the cache leave no turn, so that nobody knows how many the silo gave since its last report.</remarks>
    public void Return(IReadOnlyCollection<Reservation> open, DateTimeOffset now)
    {
        foreach (var lease in state.Leases.Where(lease => IsDue(lease, now)).ToArray())
        {
            if (open.Any(reservation => reservation.Epoch == lease.Epoch && reservation.Report > lease.Report && !lease.Claimed.ContainsKey(reservation.Turn)))
            {
                continue;
            }

            Charge(QuotaKind.Requests, lease.Held(QuotaKind.Requests), now);
            state.Leases.Remove(lease);
            state.Ended[lease.Epoch] = lease.Report;
            while (state.Ended.Count > MaxEnded)
            {
                state.Ended.Remove(state.Ended.Keys.Min());
            }

            IsChanged = true;
        }
    }

    private bool IsDue(LeaseRecord lease, DateTimeOffset now) => _goneSince.TryGetValue(lease.Epoch, out var since) && now - since >= returnAfter;

    private DateTimeOffset Later(DateTimeOffset now) => now > state.Clock ? now : state.Clock;

    private void Roll(int current, int stored, QuotaKind kind, Action<int> set)
    {
        if (current <= stored)
        {
            return;
        }

        set(current);
        state.Leases.ForEach(lease => lease.Forget(kind));
        IsChanged = true;
    }

    private LeaseRecord FindOrAdd(string silo)
    {
        if (state.Leases.Find(lease => lease.Silo == silo) is { } found)
        {
            return found;
        }

        var lease = new LeaseRecord { Silo = silo, Epoch = ++state.Epochs };
        state.Leases.Add(lease);
        IsChanged = true;
        return lease;
    }

    private void Take(LeaseRecord lease, LeaseReport report, DateTimeOffset now)
    {
        foreach (var turn in report.Heard)
        {
            IsChanged |= lease.Claimed.Remove(turn);
        }

        foreach (var kind in Quota.All)
        {
            var k = (int)kind;
            if ((kind == QuotaKind.DayTokens && report.Day != state.Day) || (kind == QuotaKind.MonthTokens && report.Month != state.Month))
            {
                continue; // of a day that is over
            }

            var reserved = report.Reserved.ElementAtOrDefault(k);
            IsChanged |= reserved != lease.Reserved[k];
            lease.Reserved[k] = reserved;
            var (spent, refunded) = (report.Spent[k] - lease.Spent[k], report.Refunded[k] - lease.Refunded[k]);
            IsChanged |= spent != 0 || refunded != 0 || report.Returned[k] != lease.Returned[k];
            if (spent > 0)
            {
                Charge(kind, spent, now);
                lease.Spent[k] = report.Spent[k];
            }

            if (refunded > 0)
            {
                Refund(kind, refunded, report.OldestRefund, now);
                lease.Refunded[k] = report.Refunded[k];
            }

            lease.Returned[k] = Math.Max(lease.Returned[k], report.Returned[k]);
            // Requests that were admitted while nothing of the kind was limited.
            lease.Granted[k] = Math.Max(lease.Granted[k], lease.Spent[k] + lease.Returned[k]);
        }

        IsChanged |= report.InUse - lease.Claimed.Count != lease.InUse;
        lease.Report = report.Number;
        lease.InUse = Math.Max(0, report.InUse - lease.Claimed.Count);
    }

    /// <returns>Whether the silo got less than it needs.</returns>
    private bool Give(LeaseRecord lease, LeaseReport report, TenantLimits limits, DateTimeOffset now)
    {
        var isShort = false;
        foreach (var kind in Quota.All)
        {
            var k = (int)kind;
            if (limits[kind] is null)
            {
                continue;
            }

            var free = Free(kind, limits, now);
            if (kind == QuotaKind.Streams && free >= 0)
            {
                IsChanged |= lease.Cover();
            }

            free = Math.Max(0, free);
            // Less than the first one needs would only be missing elsewhere.
            var give = free < report.Head[k] ? 0 : Math.Min(free, Math.Max(report.Need[k], Math.Min(report.Want[k], free / SurplusShare)));
            if (give > 0)
            {
                lease.Granted[k] += give;
                IsChanged = true;
            }

            isShort |= give < report.Need[k];
            if (give < report.Need[k] && Elsewhere(kind, lease, now) > 0)
            {
                (_shortUntil, _shortEpoch) = (now + ShortFor, lease.Epoch);
            }
        }

        return isShort;
    }

    /// <summary>What nobody has; below 0 where limits were lowered.</summary>
    private long Free(QuotaKind kind, TenantLimits limits, DateTimeOffset now) => limits[kind] is { } limit
        ? limit - (kind == QuotaKind.Streams ? 0 : Taken(kind, now)) - state.Leases.Sum(lease => lease.Committed(kind))
        : 0;

    private long Elsewhere(QuotaKind kind, LeaseRecord mine, DateTimeOffset now) => state.Leases
        .Where(lease => lease != mine && !_goneSince.ContainsKey(lease.Epoch) && now - _heard.GetValueOrDefault(lease.Epoch) < Fresh)
        .Sum(lease => lease.Unused(kind));

    private bool Fits(Reservation reservation, bool isCounted, TenantLimits limits, DateTimeOffset now) => Quota.All.All(kind =>
        limits[kind] is null || (kind != QuotaKind.Streams && (isCounted || !IsCurrent(reservation, kind))) || Quota.Of(kind, reservation.Tokens) <= Free(kind, limits, now));

    private bool IsCurrent(Reservation reservation, QuotaKind kind) => kind switch
    {
        QuotaKind.DayTokens => reservation.Day == state.Day,
        QuotaKind.MonthTokens => reservation.Month == state.Month,
        _ => true,
    };

    private void Charge(QuotaKind kind, long amount, DateTimeOffset now)
    {
        switch (kind)
        {
            case QuotaKind.Requests: state.Requests.Charge(amount, now); break;
            case QuotaKind.Tokens: state.Tokens.Charge(amount, now); break;
            case QuotaKind.DayTokens: state.DayTokens += amount; break;
            case QuotaKind.MonthTokens: state.MonthTokens += amount; break;
        }
    }

    private void Refund(QuotaKind kind, long amount, DateTimeOffset oldest, DateTimeOffset now)
    {
        switch (kind)
        {
            case QuotaKind.Requests when now - oldest < Quota.Minute: state.Requests.Refund(amount, now); break;
            case QuotaKind.Tokens when now - oldest < Quota.Minute: state.Tokens.Refund(amount, now); break;
            case QuotaKind.DayTokens: state.DayTokens -= amount; break;
            case QuotaKind.MonthTokens: state.MonthTokens -= amount; break;
        }
    }
}
