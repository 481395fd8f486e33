using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Granary.Clustering;
using Granary.Errors;
using Granary.Serving;
using Granary.Shards;
using Microsoft.Extensions.Logging;

namespace Granary.Tenants;

/// <summary>Admits turns by their tenants' limits, and settles them when they have ended. One a silo.</summary>
[SuppressMessage("Usage", "CA2213", Justification = "Without timer or link it holds nothing to dispose of, and turns may end after it.")]
internal sealed partial class TenantQuotas(IGrainFactory grains, PromptMeter meter, LocalSilo silo, TimeProvider time, ILogger<TenantQuotas> logger) : IDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, Tenant> _tenants = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();

    private string Silo => silo.Address.ToParsableString();

    /// <summary>Admits a turn: reserves its prompt and its longest output.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="turn">Its name, unique in the cluster.</param>
    /// <param name="model">Who is to answer.</param>
    /// <param name="request">What is to be generated.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The request as it is to be generated, with its reservation, and how far the tenant is from its limits.</returns>
    /// <exception cref="GranaryException">
    /// <c>rate_limit_exceeded</c>, <c>insufficient_quota</c>, <c>model_not_found</c>, <c>model_not_allowed</c>, <c>context_length_exceeded</c>, <c>invalid_request</c>; the limits could not be read.
    /// </exception>
    public async ValueTask<(GenerateRequest Request, RateLimits? Rates)> AdmitAsync(string tenant, string turn, string model, GenerateRequest request, CancellationToken cancellationToken)
    {
        var admitted = await ReserveAsync(tenant, turn, model, request, cancellationToken);
        QuotaMetrics.Admitted();
        return admitted;
    }

    /// <summary>The limits that hold for a tenant.</summary>
    /// <exception cref="GranaryException">They could not be read.</exception>
    public ValueTask<TenantLimits> GetLimitsAsync(string tenant, CancellationToken cancellationToken) => Find(tenant).Ledger.GetLimitsAsync(cancellationToken);

    /// <summary>Admits a request whose answer is at hand: it counts as a request, and as no tokens. Its usage is recorded by and by.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="turn">Its name, unique in the cluster.</param>
    /// <param name="model">Who answered.</param>
    /// <param name="key">Id of the key that asks.</param>
    /// <param name="limits">The limits by which the answer is at hand.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether these limits still held when it was admitted: else nothing was counted, and the answer may not be given. How far the tenant is from its limits.</returns>
    /// <exception cref="GranaryException"><c>rate_limit_exceeded</c>; the limits could not be read.</exception>
    public async ValueTask<(bool IsGood, RateLimits? Rates)> AdmitAnsweredAsync(string tenant, string turn, string model, string key, TenantLimits limits, CancellationToken cancellationToken)
    {
        var (ledger, client) = Find(tenant);
        var admission = await ledger.AdmitAsync(key, turn, 0, 0, cancellationToken);
        if (!SayTheSame(limits, admission.Limits, model))
        {
            ledger.GiveBack(admission.Reservation);
            return (false, null);
        }

        var usage = new UsageRecord { Turn = turn, Day = admission.Reservation.Day, Key = key, Model = model };
        QuotaMetrics.Admitted();
        _ = RecordAsync(ledger, client, admission.Reservation, usage);
        return (true, admission.Rates);
    }

    /// <summary>A turn goes on here. If another silo admitted it, the tenant is asked to count it here; until it does, or has enough for it again, this waits.</summary>
    public async Task ResumeAsync(Reservation reservation, CancellationToken cancellationToken)
    {
        var (ledger, client) = Find(reservation.Tenant);
        if (!ledger.Counts(reservation.Turn))
        {
            await ClaimAsync(ledger, client, reservation, hasEnded: false, cancellationToken);
        }
    }

    /// <summary>Tokens of a request's prompt.</summary>
    /// <returns>0 where the model is gone, or does not take them.</returns>
    /// <exception cref="GranaryException"><c>unavailable</c>, <c>overloaded</c>, <c>store_unavailable</c>: nobody can count them at this moment.</exception>
    public async Task<int> MeasureAsync(string model, GenerateRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return (await meter.MeasureAsync(model, request, cancellationToken)).PromptTokens;
        }
        catch (GranaryException exception) when (exception.Code is not (ErrorCode.Unavailable or ErrorCode.Overloaded or ErrorCode.StoreUnavailable))
        {
            LogNotMeasured(request.RequestId, exception.Message);
            return 0;
        }
    }

    /// <summary>A turn has ended: its usage is recorded, and what it reserved besides goes back. Ends when that is stored; until then the log must keep the turn open.</summary>
    public async Task SettleAsync(Reservation reservation, UsageRecord usage, CancellationToken cancellationToken)
    {
        await ClaimEndedAsync(reservation, cancellationToken);
        await Find(reservation.Tenant).Ledger.SettleAsync(reservation, usage).WaitAsync(cancellationToken);
    }

    /// <summary>The same for somebody who does not wait: <see cref="Settlement.OnStored"/> tells when that is stored.</summary>
    public void Settle(Settlement settlement)
    {
        var (ledger, _) = Find(settlement.Reservation.Tenant);
        if (ledger.Counts(settlement.Reservation.Turn))
        {
            ledger.Settle(settlement);
        }
        else
        {
            _ = Task.Run(() => ClaimAndSettleAsync(settlement, _stop.Token));
        }
    }

    /// <summary>The log has closed a turn that was settled.</summary>
    public void Close(Reservation reservation) => Find(reservation.Tenant).Client.Close(reservation);

    /// <summary>A turn was admitted and had begun before, by another reservation: this one, which is kept nowhere, goes back.</summary>
    public void GiveBack(Reservation reservation) => Find(reservation.Tenant).Ledger.GiveBack(reservation);

    /// <summary>A turn that was admitted could not begin, or had been over before.</summary>
    public void Drop(Reservation reservation) => Find(reservation.Tenant).Ledger.Drop(reservation.Turn);

    public void Dispose()
    {
        _stop.Cancel();
        foreach (var tenant in _tenants.Values)
        {
            tenant.Ledger.Stop();
        }
    }

    /// <summary>Reports that were sent to a tenant's grain.</summary>
    internal long Messages(string tenant) => Find(tenant).Ledger.Messages;

    private static async Task RecordAsync(TenantLedger ledger, TenantClient client, Reservation reservation, UsageRecord usage)
    {
        await ledger.SettleAsync(reservation, usage);
        client.Close(reservation);
    }

    private async ValueTask<(GenerateRequest Request, RateLimits? Rates)> ReserveAsync(string tenant, string turn, string model, GenerateRequest request, CancellationToken cancellationToken)
    {
        var (ledger, _) = Find(tenant);
        var limits = await ledger.GetLimitsAsync(cancellationToken);
        while (true)
        {
            if (!limits.Allows(model))
            {
                throw Refusals.Model(model);
            }

            if (limits.NeedsTokens)
            {
                // Who has no room for any prompt, has none counted.
                await ledger.LookAsync(((long)(request.Sampling.MaxTokens ?? 1) * request.Choices) + 1, cancellationToken);
            }

            var (sized, prompt, tokens) = await SizeAsync(model, request, limits, cancellationToken);
            var admission = await ledger.AdmitAsync(request.Key, turn, prompt, tokens, cancellationToken);
            if (SayTheSame(limits, admission.Limits, model))
            {
                return (sized with { Reservation = admission.Reservation }, admission.Rates);
            }

            ledger.GiveBack(admission.Reservation); // counting tokens and waiting takes its time, and an admin has changed something meanwhile
            limits = admission.Limits;
        }
    }

    /// <returns>The request with its longest output, the tokens of its prompt, and what it is to reserve.</returns>
    private async ValueTask<(GenerateRequest Request, long Prompt, long Tokens)> SizeAsync(string model, GenerateRequest request, TenantLimits limits, CancellationToken cancellationToken)
    {
        if (!limits.NeedsTokens)
        {
            await meter.RequireKnownAsync(model); // no turn, and no usage, of a name that a caller made up
            return (request, 0, 0);
        }

        var size = await meter.MeasureAsync(model, request, cancellationToken);
        var output = Output(size, limits, request.Sampling.MaxTokens is not null);
        return (request with { Sampling = request.Sampling with { MaxTokens = output } }, size.PromptTokens, size.PromptTokens + ((long)output * request.Choices));
    }

    /// <summary>Whether limits are alike in what was decided by them before the ledger was asked.</summary>
    private static bool SayTheSame(TenantLimits then, TenantLimits now, string model) => ReferenceEquals(then, now)
        || (then.Allows(model) == now.Allows(model) && then.NeedsTokens == now.NeedsTokens && then.MaxOutputTokens == now.MaxOutputTokens && then.MaxContextTokens == now.MaxContextTokens);

    /// <summary>Asks the tenant to count a turn here, until it does, and counts it. Nothing was counted of a turn that was admitted while there were no limits.</summary>
    private async Task ClaimAsync(TenantLedger ledger, TenantClient client, Reservation reservation, bool hasEnded, CancellationToken cancellationToken)
    {
        if (reservation.Epoch == 0)
        {
            ledger.Add(reservation, 0);
            return;
        }

        while (!await TryClaimAsync(ledger, client, reservation, hasEnded, cancellationToken))
        {
            await Task.Delay(Retry, time, cancellationToken);
        }
    }

    private async Task ClaimAndSettleAsync(Settlement settlement, CancellationToken cancellationToken)
    {
        await ClaimEndedAsync(settlement.Reservation, cancellationToken);
        Find(settlement.Reservation.Tenant).Ledger.Settle(settlement);
    }

    /// <summary>Of a turn that was admitted elsewhere and has ended, the reservation is still there.</summary>
    private async Task ClaimEndedAsync(Reservation reservation, CancellationToken cancellationToken)
    {
        var (ledger, client) = Find(reservation.Tenant);
        if (!ledger.Counts(reservation.Turn))
        {
            await ClaimAsync(ledger, client, reservation, hasEnded: true, cancellationToken);
        }
    }

    private async Task<bool> TryClaimAsync(TenantLedger ledger, TenantClient client, Reservation reservation, bool hasEnded, CancellationToken cancellationToken)
    {
        try
        {
            await ledger.GetLimitsAsync(cancellationToken);
            var epoch = ledger.Epoch;
            if (!await client.ClaimAsync(reservation, Silo, epoch, hasEnded).WaitAsync(cancellationToken))
            {
                return false;
            }

            ledger.Add(reservation, epoch);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotClaimed(reservation.Turn, GrainErrors.Translate(exception).Message);
            return false;
        }
    }

    private static int Output(PromptSize size, TenantLimits limits, bool isAsked)
    {
        var output = size.MaxOutputTokens;
        if (limits.MaxOutputTokens is { } most && output > most)
        {
            output = isAsked ? throw Refusals.Output(output, most) : most;
        }

        if (limits.MaxContextTokens is { } context && (long)size.LongestPromptTokens + output > context)
        {
            output = isAsked || size.LongestPromptTokens >= context ? throw Refusals.Context((long)size.LongestPromptTokens + output, context) : context - size.LongestPromptTokens;
        }

        return output;
    }

    private Tenant Find(string tenant) => _tenants.GetOrAdd(tenant, name =>
    {
        var client = new TenantClient(name, grains);
        return new Tenant(new TenantLedger(name, Silo, client, time, logger), client);
    });

    private sealed record Tenant(TenantLedger Ledger, TenantClient Client);

    [LoggerMessage(2601, LogLevel.Warning, "{Turn}: its reservation could not be counted here yet ({Reason})")]
    private partial void LogNotClaimed(string turn, string reason);

    [LoggerMessage(2602, LogLevel.Warning, "{Request}: the prompt of a stopped reply could not be counted ({Reason})")]
    private partial void LogNotMeasured(string request, string reason);
}
