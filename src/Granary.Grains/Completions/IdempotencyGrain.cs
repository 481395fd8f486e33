using Granary.Clustering;
using Granary.TokenLog;
using Microsoft.Extensions.Options;

namespace Granary.Completions;

/// <summary>See <see cref="IIdempotencyGrain"/>. A key is a turn of the log without records, which its housekeeping removes in time.</summary>
[GrainType("idempotency")]
[ServingSilosPlacementFilter]
internal sealed class IdempotencyGrain(ITokenLog log, IOptions<CompletionsOptions> options, TimeProvider time) : Grain, IIdempotencyGrain
{
    private IdempotencyRecord? _record;

    private TurnKey Key => new(this.GetGrainId().ToString(), 0);

    public async Task<IdempotencyClaim> ClaimAsync(IdempotencyClaim claim)
    {
        _record ??= IdempotencyRecord.FromBytes((await log.ReadAsync(Key, CancellationToken.None))?.Request);
        if (_record is { } old && old.ExpiresAt <= time.GetUtcNow())
        {
            await ForgetAsync();
        }

        _record ??= await StoreAsync(new IdempotencyRecord(claim, time.GetUtcNow() + options.Value.Keep));
        return _record.Claim;
    }

    public async Task ReleaseAsync(string completionId)
    {
        if (_record is null || _record.Claim.CompletionId == completionId)
        {
            await ForgetAsync();
        }
    }

    public async Task RecoverAsync(int turn)
    {
        if (await log.ReadAsync(Key, CancellationToken.None) is { IsClosed: false } open && IdempotencyRecord.FromBytes(open.Request) is { } record)
        {
            await StoreAsync(record);
        }
    }

    private async Task ForgetAsync()
    {
        await log.DeleteAsync(Key.Owner, CancellationToken.None);
        _record = null;
    }

    /// <returns>What is stored: another activation may have been first.</returns>
    private async Task<IdempotencyRecord> StoreAsync(IdempotencyRecord record)
    {
        var stored = await log.OpenAsync(Key, record.ToBytes(), CancellationToken.None);
        try
        {
            await log.CloseAsync(stored.Lease, options.Value.Keep, CancellationToken.None);
        }
        catch (FencedException)
        {
            // Another activation has opened it, and closes it.
        }

        return IdempotencyRecord.FromBytes(stored.Request) ?? record;
    }
}
