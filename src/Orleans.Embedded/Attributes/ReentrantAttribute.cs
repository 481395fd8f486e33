namespace Orleans.Concurrency;

/// <summary>Requests of an activation interleave at awaits.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReentrantAttribute : Attribute;
