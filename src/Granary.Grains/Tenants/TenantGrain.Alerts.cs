using Granary.Errors;
using Microsoft.Extensions.Logging;

namespace Granary.Tenants;

/// <summary>
/// Telling the tenant's receiver. Alerts are stored in the same write as the tokens that raised them and leave the state when the receiver has them, so whichever activation
/// lives delivers them. One attempt runs at a time, beside the grain: who asks for tokens does not wait for a receiver.
/// </summary>
internal sealed partial class TenantGrain
{
    private static readonly TimeSpan AlertPeriod = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromHours(1);

    private IGrainTimer? _alertTimer;
    private (TokenAlert Alert, Task<string?> Answer)? _attempt;

    private AlertBook Alerts => new(store.State);

    public Task WakeAsync() => Task.CompletedTask;

    public async Task<TenantStatus> SetWebhookAsync(Webhook? webhook)
    {
        if (webhook is not null)
        {
            sender.Check(webhook.Url);
            await Directory.AddAsync(this.GetPrimaryKeyString());
            await Directory.SetHasWebhookAsync(this.GetPrimaryKeyString(), true); // before there can be an alert that waits
        }

        await ChangeAsync(
            (_, _) =>
            {
                Alerts.SetWebhook(webhook);
                return true;
            },
            always: true);
        if (webhook is null)
        {
            await Directory.SetHasWebhookAsync(this.GetPrimaryKeyString(), false);
        }

        return await GetStatusAsync();
    }

    private void DeliverWaiting()
    {
        if (store.State.Alerts.Waiting.Count > 0)
        {
            _alertTimer ??= this.RegisterGrainTimer(DeliverAsync, new GrainTimerCreationOptions { DueTime = TimeSpan.Zero, Period = AlertPeriod, KeepAlive = true });
        }
    }

    private async Task DeliverAsync(CancellationToken cancellationToken)
    {
        if (_attempt is not { } attempt)
        {
            if (store.State.Alerts.Webhook is { } webhook && Alerts.Due(timeProvider.GetUtcNow()) is { } due)
            {
                _attempt = (due, TryAsync(webhook, due));
            }
        }
        else if (attempt.Answer.IsCompleted)
        {
            await RecordAsync(attempt.Alert, await attempt.Answer);
        }

        if (_attempt is null && store.State.Alerts.Waiting.Count == 0)
        {
            _alertTimer?.Dispose();
            _alertTimer = null;
        }
    }

    /// <returns>Why the receiver has not taken it, if it has not; whatever goes wrong, alerts behind it have their turn.</returns>
    private async Task<string?> TryAsync(Webhook webhook, TokenAlert alert)
    {
        try
        {
            return await sender.SendAsync(this.GetPrimaryKeyString(), webhook, alert);
        }
        catch (Exception exception)
        {
            return exception.Message;
        }
    }

    private async Task RecordAsync(TokenAlert alert, string? failure)
    {
        var now = timeProvider.GetUtcNow();
        DateTimeOffset? retryAt = now - alert.At < webhooks.Value.GiveUpAfter ? now + RetryAfter(alert.Failures) : null;
        try
        {
            await ChangeAsync(
                (_, _) =>
                {
                    if (failure is null)
                    {
                        Alerts.Delivered(alert, now);
                    }
                    else
                    {
                        Alerts.Failed(alert, failure, retryAt);
                    }

                    return true;
                },
                always: true);
        }
        catch (GranaryException exception)
        {
            LogNotRecorded(alert.Id, exception.Message); // the next tick records it again
            return;
        }

        _attempt = null;
        if (failure is not null && retryAt is null)
        {
            LogGivenUp(alert.Id, this.GetPrimaryKeyString(), failure);
        }
    }

    private TimeSpan RetryAfter(int failures)
    {
        var after = webhooks.Value.FirstRetry * Math.Pow(2, Math.Min(failures, 30));
        return after < LongestRetry ? after : LongestRetry;
    }

    [LoggerMessage(2621, LogLevel.Warning, "The alert {Id} of {Tenant} is given up: {Reason}")]
    private partial void LogGivenUp(string id, string tenant, string reason);

    [LoggerMessage(2622, LogLevel.Warning, "What became of the alert {Id} could not be stored ({Reason})")]
    private partial void LogNotRecorded(string id, string reason);
}
