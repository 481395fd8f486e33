using Granary.Sessions;
using Granary.Tenants;
using Granary.TokenLog;

namespace Granary.Turns;

/// <summary>
/// What is left of a turn whose end was shown: its usage goes into the tenant's books, and then the log closes it. The tenant answers four times a second, and a busy silo ends
/// hundreds of turns meanwhile, so it holds nothing of the activation, which may sleep.
/// </summary>
/// <remarks>Nothing is appended any more. Until the log closes the turn, whoever finds it there does the same; the books take it once.</remarks>
internal sealed class TurnSettlement(GrainId owner, TurnClosing closing, Reservation reservation, UsageRecord usage, TurnSettlements settlements) : Settlement(reservation, usage), ITurnHandle
{
    public GrainId Owner => owner;

    public int Number => closing.Lease.Turn.Turn;

    /// <summary>The turn in the log; its lease is default where the log was never opened.</summary>
    public TurnClosing Closing => closing;

    public override void OnStored() => settlements.Close(this);

    public Task DetachAsync()
    {
        settlements.Forget(this);
        return Task.CompletedTask;
    }
}
