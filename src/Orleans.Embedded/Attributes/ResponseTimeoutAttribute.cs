namespace Orleans;

/// <summary>How long a caller of this method waits for the response.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ResponseTimeoutAttribute(string timeout) : Attribute
{
    /// <summary>The wait; null when the text is empty.</summary>
    public TimeSpan? Timeout { get; } = string.IsNullOrEmpty(timeout) ? null : TimeSpan.Parse(timeout, System.Globalization.CultureInfo.InvariantCulture);
}
