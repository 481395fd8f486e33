namespace Orleans.Serialization.Invocation;

/// <summary>A call of a method that returns <see cref="IAsyncEnumerable{T}"/>.</summary>
public abstract class StreamInvokable : Invokable
{
    /// <summary>Calls the visitor with the item type.</summary>
    public abstract TAnswer Accept<TAnswer>(IStreamVisitor<TAnswer> visitor);

    /// <summary>Streams are opened, not invoked.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public sealed override ValueTask InvokeAsync(object target) => throw new NotSupportedException("A stream is opened, not invoked.");
}
