namespace Granary.Engine.Scheduling;

/// <summary>A tenant's waiting sequences and the service that it has had.</summary>
/// <param name="name">The tenant.</param>
/// <param name="slotCharge">What a slot counts while it is held, in charged tokens.</param>
internal sealed class TenantCounter(string name, double slotCharge)
{
    public string Name => name;

    /// <summary>Its share relative to other tenants', as the latest request says.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>Service had, in charged tokens a unit of weight, lifted at each return from idleness.</summary>
    public double Service { get; set; }

    /// <summary><see cref="Service"/> with the slots that it holds: whoever holds many will have had much.</summary>
    public double Standing => StandingWith(0);

    /// <summary><see cref="Standing"/> with some slots more, or fewer.</summary>
    public double StandingWith(int more) => Service + ((Running + more) * slotCharge / Weight);

    /// <summary>Waiting sequences, the next one first.</summary>
    public List<Sequence> Waiting { get; } = [];

    /// <summary>Sequences with a slot.</summary>
    public int Running { get; set; }

    /// <summary>Of the waiting ones, how many were passed over in the current step because no slot fits them.</summary>
    public int PassedOver { get; set; }
}
