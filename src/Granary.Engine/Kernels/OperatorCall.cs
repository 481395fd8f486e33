namespace Granary.Engine.Kernels;

/// <summary>A call of an operator. The first failure stays its status, and nothing is asked of ONNX Runtime after it.</summary>
internal unsafe ref struct OperatorCall(nint context)
{
    /// <summary>What the operator returns.</summary>
    public nint Status { get; private set; }

    /// <summary>Whether nothing has failed.</summary>
    public readonly bool IsGood => Status == 0;

    /// <summary>The elements of an input; <see langword="null"/> where it is left out.</summary>
    public T* Input<T>(int index)
        where T : unmanaged => Input<T>(index, out _, hasShape: false);

    /// <summary>The elements of an input, and its shape.</summary>
    public T* Input<T>(int index, out TensorShape shape)
        where T : unmanaged => Input<T>(index, out shape, hasShape: true);

    /// <summary>Makes an output.</summary>
    public float* Output(TensorShape shape, int index = 0)
    {
        void* elements = null;
        Status = Status != 0 ? Status : OrtNative.Output(context, index, shape.Sizes, out elements);
        return (float*)elements;
    }

    /// <summary>Fails where something is not so; <paramref name="message"/> ends with a zero.</summary>
    public void Require(bool condition, ReadOnlySpan<byte> message) => Status = Status != 0 || condition ? Status : OrtNative.Error(message);

    /// <summary>Calls <paramref name="work"/> with each number below <paramref name="count"/> on the session's threads.</summary>
    public void ForEach(delegate* unmanaged<void*, nuint, void> work, int count, void* data) => Status = Status != 0 ? Status : OrtNative.ParallelFor(context, work, count, data);

    private T* Input<T>(int index, out TensorShape shape, bool hasShape)
        where T : unmanaged
    {
        shape = default;
        void* elements = null;
        nint value = 0;
        Status = Status != 0 ? Status : OrtNative.Input(context, index, out value, out elements);
        if (Status == 0 && hasShape && value != 0)
        {
            Status = OrtNative.Shape(value, out shape);
        }

        return (T*)elements;
    }
}
