using System.Globalization;

namespace Granary.Tenants;

/// <summary>Finds out which alerts are to be raised, and keeps those that wait. Stored by the caller together with the amounts that they are about.</summary>
/// <param name="tenant">The state of the tenant.</param>
internal sealed class AlertBook(TenantState tenant)
{
    private static readonly int[] Steps = [50, 80, 100];

    private AlertState State => tenant.Alerts;

    /// <summary>What administrators see; <see langword="null"/> where there is no receiver.</summary>
    public WebhookStatus? Status => State.Webhook is { } webhook
        ? new WebhookStatus { Url = webhook.Url, Waiting = State.Waiting.Count, DeliveredAt = State.DeliveredAt, Failure = State.Failure }
        : null;

    /// <summary>Raises what has been reached since the last time by turns that have ended.</summary>
    /// <returns>Whether anything is to be stored.</returns>
    public bool Raise(TenantLimits limits, DateTimeOffset now) =>
        State.Webhook is not null
        && (Raise(QuotaKind.DayTokens, tenant.Day, Used(QuotaKind.DayTokens, tenant.DayTokens), limits, now)
            | Raise(QuotaKind.MonthTokens, tenant.Month, Used(QuotaKind.MonthTokens, tenant.MonthTokens), limits, now));

    /// <summary>Changes the receiver. What waits is told to the new one.</summary>
    public void SetWebhook(Webhook? webhook)
    {
        if (webhook is null)
        {
            tenant.Alerts = new AlertState();
            return;
        }

        (State.Webhook, State.Failure) = (webhook, null);
        State.Waiting = [.. State.Waiting.Select(alert => alert with { DueAt = alert.At })];
    }

    /// <summary>The first alert whose time has come.</summary>
    public TokenAlert? Due(DateTimeOffset now) => State.Waiting.Find(alert => alert.DueAt <= now);

    /// <summary>The receiver has it.</summary>
    public void Delivered(TokenAlert alert, DateTimeOffset now)
    {
        State.Waiting.RemoveAll(other => other.Id == alert.Id);
        (State.DeliveredAt, State.Failure) = (now, null);
    }

    /// <summary>The receiver does not have it.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="reason">Why.</param>
    /// <param name="dueAt">When to try again; <see langword="null"/> gives it up.</param>
    public void Failed(TokenAlert alert, string reason, DateTimeOffset? dueAt)
    {
        var place = State.Waiting.FindIndex(other => other.Id == alert.Id);
        if (place < 0)
        {
            return; // the receiver was changed meanwhile
        }

        State.Failure = reason;
        if (dueAt is { } due)
        {
            State.Waiting[place] = alert with { Failures = alert.Failures + 1, DueAt = due };
        }
        else
        {
            State.Waiting.RemoveAt(place);
        }
    }

    // What turns that run have reserved may yet come back, and an alert that was told cannot be taken back.
    private long Used(QuotaKind kind, long counting) => Math.Max(0, counting - tenant.Leases.Sum(lease => lease.Reserved[(int)kind]));

    // A limit that was raised has new alerts ahead of it; one that was lowered does not repeat those it has had.
    private bool Raise(QuotaKind kind, int period, long used, TenantLimits limits, DateTimeOffset now)
    {
        if (limits[kind] is not > 0 || limits[kind] is not { } limit)
        {
            return false;
        }

        var known = State.Marks.GetValueOrDefault(kind);
        var told = known?.Period != period ? 0 : known.Limit == limit ? known.Percent : Math.Min(known.Percent, Reached(used, limit));
        var mark = new AlertMark(period, Math.Max(told, Reached(used, limit)), limit);
        if (mark == known)
        {
            return false;
        }

        State.Marks[kind] = mark;
        State.Waiting.AddRange(Steps.Where(step => step > told && step <= mark.Percent).Select(step => new TokenAlert
        {
            Id = $"alert_{Guid.NewGuid():N}",
            Kind = kind,
            Period = kind == QuotaKind.DayTokens
                ? ITenantUsageGrain.NameOf(period)
                : string.Create(CultureInfo.InvariantCulture, $"{period / 12:0000}-{(period % 12) + 1:00}"),
            Percent = step,
            Limit = limit,
            Used = used,
            At = now,
            DueAt = now,
        }));
        return true;
    }

    private static int Reached(long used, long limit) => Array.FindLast(Steps, step => (Int128)used * 100 >= (Int128)limit * step);
}
