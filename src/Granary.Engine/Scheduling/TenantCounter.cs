namespace Granary.Engine.Scheduling;

/// <summary>A tenant's waiting sequences and the service that it has had.</summary>
internal sealed class TenantCounter(string name)
{
    public string Name => name;

    /// <summary>Its share relative to other tenants', as the latest request says.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>Service had, in charged tokens a unit of weight, lifted at each return from idleness.</summary>
    public double Service { get; set; }

    /// <summary>Waiting sequences, the next one first.</summary>
    public List<Sequence> Waiting { get; } = [];

    /// <summary>Sequences with a slot.</summary>
    public int Running { get; set; }

    /// <summary>Of the waiting ones, how many were passed over in the current step because no slot fits them.</summary>
    public int PassedOver { get; set; }
}
