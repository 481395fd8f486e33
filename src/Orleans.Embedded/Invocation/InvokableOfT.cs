namespace Orleans.Serialization.Invocation;

/// <summary>A call that has a result.</summary>
/// <typeparam name="TResult">What the method's task carries.</typeparam>
public abstract class Invokable<TResult> : Invokable
{
    /// <summary>The result, after <see cref="Invokable.InvokeAsync"/> or <see cref="ReadResult"/>.</summary>
    public TResult Result { get; set; } = default!;

    /// <inheritdoc/>
    public override object? BoxedResult
    {
        get => Result;
        set => Result = (TResult)value!;
    }

    /// <inheritdoc/>
    public override void WriteResult(WireWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Result);
    }

    /// <inheritdoc/>
    public override void ReadResult(ref WireReader reader) => Result = reader.Read<TResult>();

    /// <inheritdoc/>
    public override void TakeResult(Invokable callee)
    {
        ArgumentNullException.ThrowIfNull(callee);
        Result = DeepCopier.Copy(((Invokable<TResult>)callee).Result);
    }
}
