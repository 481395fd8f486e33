namespace Orleans;

/// <summary>How long an activation may be idle before it is collected.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CollectionAgeLimitAttribute : Attribute
{
    /// <summary>Days of the limit.</summary>
    public double Days { get; init; }

    /// <summary>Hours of the limit.</summary>
    public double Hours { get; init; }

    /// <summary>Minutes of the limit.</summary>
    public double Minutes { get; init; }

    /// <summary>Never collect for being idle.</summary>
    public bool AlwaysActive { get; init; }

    /// <summary>The sum of the parts.</summary>
    public TimeSpan AgeLimit => AlwaysActive ? TimeSpan.MaxValue : TimeSpan.FromDays(Days) + TimeSpan.FromHours(Hours) + TimeSpan.FromMinutes(Minutes);
}
