namespace Orleans.Concurrency;

/// <summary>Wraps values as immutable.</summary>
public static class ImmutableExtensions
{
    /// <summary>Promises that the value will not change.</summary>
    public static Immutable<T> AsImmutable<T>(this T value) => new(value);
}
