namespace Orleans.Serialization;

/// <summary>Deep copies of arguments and results that stay in a silo; immutable ones are the same reference.</summary>
public static class DeepCopier
{
    /// <summary>A deep copy by the codec of <typeparamref name="T"/>.</summary>
    public static T Copy<T>(T value) => throw new NotImplementedException();
}
