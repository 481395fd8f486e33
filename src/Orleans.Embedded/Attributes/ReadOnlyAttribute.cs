namespace Orleans.Concurrency;

/// <summary>Calls of this method interleave with each other, and with nothing else.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadOnlyAttribute : Attribute;
