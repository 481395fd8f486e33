namespace Orleans.Runtime;

/// <summary>What an activation takes along.</summary>
public interface IDehydrationContext
{
    /// <summary>The keys that are set.</summary>
    IEnumerable<string> Keys { get; }

    /// <summary>Adds bytes.</summary>
    void AddBytes(string key, ReadOnlySpan<byte> value);

    /// <summary>Adds a value; false when its type has no serialiser or the key is taken.</summary>
    bool TryAddValue<T>(string key, T? value);
}
