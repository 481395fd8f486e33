using Granary.Errors;
using Granary.Sessions;
using Granary.Tenants;
using Granary.TokenLog;
using Microsoft.Extensions.Logging;

namespace Granary.Turns;

/// <summary>The silo's turns that were shown to their end and are not closed in the log yet. Each counts among those that run here. They are closed many at a time, by a loop that runs while there are any.</summary>
internal sealed partial class TurnSettlements(ITokenLog log, LocalTurns local, TenantQuotas quotas, TimeProvider time, ILogger<TurnSettlements> logger)
{
    private const int AtATime = 64;

    private static readonly TimeSpan StoreRetry = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly Queue<TurnSettlement> _stored = new();
    private bool _isClosing;

    /// <summary>A turn has ended and was shown.</summary>
    /// <param name="owner">The grain that owns it.</param>
    /// <param name="closing">The turn in the log; its lease is default where the log was never opened.</param>
    /// <param name="reservation">What it was admitted with.</param>
    /// <param name="usage">What it used.</param>
    public void Add(GrainId owner, TurnClosing closing, Reservation reservation, UsageRecord usage)
    {
        var settlement = new TurnSettlement(owner, closing, reservation, usage, this);
        local.Register(settlement);
        quotas.Settle(settlement);
    }

    /// <summary>Its usage is stored.</summary>
    public void Close(TurnSettlement settlement)
    {
        if (settlement.Closing.Lease == default)
        {
            End(settlement);
            return;
        }

        lock (_lock)
        {
            _stored.Enqueue(settlement);
            if (!_isClosing)
            {
                _isClosing = true;
                _ = Task.Run(CloseAllAsync);
            }
        }
    }

    /// <summary>Somebody else opens the turn, and closes it then.</summary>
    public void Forget(TurnSettlement settlement) => local.Remove(settlement);

    private async Task CloseAllAsync()
    {
        while (Take() is { Length: > 0 } batch)
        {
            bool[]? closed;
            while ((closed = await TryCloseAsync([.. batch.Select(static settlement => settlement.Closing)])) is null)
            {
                await Task.Delay(StoreRetry, time);
            }

            foreach (var (settlement, isClosed) in batch.Zip(closed))
            {
                if (isClosed)
                {
                    End(settlement);
                }
                else
                {
                    Forget(settlement);
                }
            }
        }
    }

    private void End(TurnSettlement settlement)
    {
        quotas.Close(settlement.Reservation);
        local.Remove(settlement);
    }

    private TurnSettlement[] Take()
    {
        lock (_lock)
        {
            var batch = new TurnSettlement[Math.Min(AtATime, _stored.Count)];
            for (var i = 0; i < batch.Length; i++)
            {
                batch[i] = _stored.Dequeue();
            }

            _isClosing = batch.Length > 0;
            return batch;
        }
    }

    /// <returns>Which the log has closed; <see langword="null"/> while its store is away.</returns>
    private async Task<bool[]?> TryCloseAsync(TurnClosing[] turns)
    {
        try
        {
            return await log.CloseAsync(turns, CancellationToken.None);
        }
        catch (Exception exception) when (exception is ObjectDisposedException || exception.InnerException is ObjectDisposedException)
        {
            return new bool[turns.Length]; // the silo has ended, nearly: others find them open
        }
        catch (GranaryException exception)
        {
            LogStoreAway(turns.Length, exception.Message);
            return null;
        }
    }

    [LoggerMessage(2314, LogLevel.Warning, "{Turns} turns have ended, but the log cannot close them yet ({Reason})")]
    private partial void LogStoreAway(int turns, string reason);
}
