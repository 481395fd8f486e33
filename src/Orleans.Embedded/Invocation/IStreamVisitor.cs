namespace Orleans.Serialization.Invocation;

/// <summary>Gets from an untyped stream request to its item type.</summary>
/// <typeparam name="TAnswer">What the visit yields.</typeparam>
public interface IStreamVisitor<out TAnswer>
{
    /// <summary>Called with the typed request.</summary>
    TAnswer Visit<TItem>(StreamInvokable<TItem> request);
}
