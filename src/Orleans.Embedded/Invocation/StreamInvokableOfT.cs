namespace Orleans.Serialization.Invocation;

/// <summary>A call of a method that returns <see cref="IAsyncEnumerable{T}"/>.</summary>
/// <typeparam name="TItem">The items.</typeparam>
public abstract class StreamInvokable<TItem> : StreamInvokable
{
    /// <summary>Calls the method on the target, passing <see cref="Invokable.CancellationToken"/>; nothing runs before the first move.</summary>
    public abstract IAsyncEnumerable<TItem> Open(object target);

    /// <inheritdoc/>
    public sealed override TAnswer Accept<TAnswer>(IStreamVisitor<TAnswer> visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        return visitor.Visit(this);
    }
}
