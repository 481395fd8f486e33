using System.Buffers;

namespace Orleans.Runtime;

/// <summary>What an activation brought along.</summary>
public interface IRehydrationContext
{
    /// <summary>The keys that are set.</summary>
    IEnumerable<string> Keys { get; }

    /// <summary>Reads bytes.</summary>
    bool TryGetBytes(string key, out ReadOnlySequence<byte> value);

    /// <summary>Reads a value.</summary>
    bool TryGetValue<T>(string key, out T? value);
}
