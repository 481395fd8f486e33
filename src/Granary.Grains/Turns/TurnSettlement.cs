using Granary.Errors;
using Granary.Sessions;
using Granary.Tenants;
using Granary.TokenLog;
using Microsoft.Extensions.Logging;

namespace Granary.Turns;

/// <summary>
/// What is left of a turn whose end was shown: its usage goes into the tenant's books, and then the log closes it. The tenant answers four times a second, and a busy silo ends hundreds of turns
/// meanwhile, so it holds nothing of the activation, which may sleep. Until the log closes the turn, whoever finds it there does the same; the books take it once.
/// </summary>
internal sealed partial class TurnSettlement : ITurnHandle
{
    private static readonly TimeSpan StoreRetry = TimeSpan.FromMilliseconds(250);

    private readonly TurnServices _services;
    private readonly TurnLease _lease;
    private readonly TimeSpan? _keep;
    private readonly Reservation? _reservation;
    private readonly UsageRecord? _usage;

    private TurnSettlement(TurnServices services, GrainId owner, TurnLease lease, TimeSpan? keep, Reservation? reservation, UsageRecord? usage)
    {
        (_services, _lease, _keep, _reservation, _usage) = (services, lease, keep, reservation, usage);
        Owner = owner;
    }

    public GrainId Owner { get; }

    public int Number => _lease.Turn.Turn;

    /// <summary>Begins it, on no grain's scheduler. Until it ends the turn counts among those that run on this silo.</summary>
    /// <param name="services">The silo's.</param>
    /// <param name="owner">The grain that owns the turn.</param>
    /// <param name="lease">The turn in the log; default where the log was never opened.</param>
    /// <param name="keep">How long the log keeps it.</param>
    /// <param name="reservation">What it was admitted with; <see langword="null"/> of a turn that nothing is counted of.</param>
    /// <param name="usage">What it used, with <paramref name="reservation"/>.</param>
    public static void Start(TurnServices services, GrainId owner, TurnLease lease, TimeSpan? keep, Reservation? reservation, UsageRecord? usage)
    {
        var settlement = new TurnSettlement(services, owner, lease, keep, reservation, usage);
        services.Local.Register(settlement);
        _ = Task.Run(settlement.RunAsync);
    }

    /// <inheritdoc/>
    /// <remarks>Nothing is appended any more; whoever opens the turn elsewhere settles it there.</remarks>
    public Task DetachAsync()
    {
        _services.Local.Remove(this);
        return Task.CompletedTask;
    }

    private async Task RunAsync()
    {
        try
        {
            if (_reservation is not null)
            {
                await _services.Quotas.SettleAsync(_reservation, _usage!, CancellationToken.None);
            }

            while (!await TryCloseAsync())
            {
                await Task.Delay(StoreRetry, _services.Time);
            }

            if (_reservation is not null)
            {
                _services.Quotas.Close(_reservation);
            }
        }
        catch (Exception exception) when (exception is FencedException or ObjectDisposedException || exception.InnerException is ObjectDisposedException)
        {
            // Somebody else has opened it, and settles it; or the silo's log has ended, and somebody will.
        }
        catch (GranaryException exception)
        {
            LogNotSettled(_services.Logger, Owner, Number, exception.Message);
        }
        finally
        {
            _services.Local.Remove(this);
        }
    }

    private async Task<bool> TryCloseAsync()
    {
        try
        {
            if (_lease != default)
            {
                await _services.Log.CloseAsync(_lease, _keep, CancellationToken.None);
            }

            return true;
        }
        catch (GranaryException exception) when (exception.Code == ErrorCode.StoreUnavailable && exception.InnerException is not ObjectDisposedException)
        {
            LogStoreAway(_services.Logger, Owner, Number, exception.Message);
            return false;
        }
    }

    [LoggerMessage(2314, LogLevel.Warning, "{Owner}, turn {Turn}: the store is away, its end is stored later ({Reason})")]
    private static partial void LogStoreAway(ILogger logger, GrainId owner, int turn, string reason);

    [LoggerMessage(2315, LogLevel.Warning, "{Owner}, turn {Turn}: left to whoever finds it in the log ({Reason})")]
    private static partial void LogNotSettled(ILogger logger, GrainId owner, int turn, string reason);
}
