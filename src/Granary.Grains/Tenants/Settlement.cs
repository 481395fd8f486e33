namespace Granary.Tenants;

/// <summary>A turn that has ended, on its way to the tenant's books.</summary>
/// <param name="reservation">What it was admitted with.</param>
/// <param name="usage">What it used.</param>
internal abstract class Settlement(Reservation reservation, UsageRecord usage)
{
    /// <summary>What it was admitted with.</summary>
    public Reservation Reservation { get; } = reservation;

    /// <summary>What it is counted by on this silo: something else than <see cref="Reservation"/> where another one admitted it.</summary>
    public Reservation Counted { get; private set; } = reservation;

    /// <summary>What it used.</summary>
    public UsageRecord Usage { get; private set; } = usage;

    /// <summary>A silo's ledger has it from now on.</summary>
    /// <param name="counted">What the turn is counted by there.</param>
    /// <param name="settlement">See <see cref="UsageRecord.Settlement"/>.</param>
    public void Begin(Reservation counted, string settlement) => (Counted, Usage) = (counted, Usage with { Settlement = settlement });

    /// <summary>It is stored that it ended. Called once, on any thread, and must not take long.</summary>
    public abstract void OnStored();
}
