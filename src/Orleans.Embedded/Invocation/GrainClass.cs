namespace Orleans.Serialization.Invocation;

/// <summary>A grain class of this application.</summary>
/// <param name="type">The class.</param>
/// <param name="name">Its grain type.</param>
/// <param name="interfaces">All grain interfaces that it implements.</param>
public sealed class GrainClass(Type type, string name, Type[] interfaces)
{
    /// <summary>The class; attributes about placement, collection and the like are read from it at start-up.</summary>
    public Type Type { get; } = type;

    /// <summary>Its grain type.</summary>
    public GrainType GrainType { get; } = GrainType.Create(name);

    /// <summary>All grain interfaces that it implements.</summary>
    public IReadOnlyList<Type> Interfaces { get; } = interfaces;

    /// <summary>Has <see cref="Concurrency.ReentrantAttribute"/>.</summary>
    public bool IsReentrant { get; init; }

    /// <summary>What <see cref="Concurrency.MayInterleaveAttribute"/> names, with the grain as first argument.</summary>
    public Func<object, IInvokable, bool>? MayInterleave { get; init; }
}
