using System.Buffers;

namespace Orleans.Runtime;

/// <param name="values">What the old activation packed.</param>
/// <param name="previous">The old activation, whose directory entry the new one takes over.</param>
/// <param name="sender">Sends the calls of references among the values.</param>
internal sealed class RehydrationContext(Dictionary<string, byte[]> values, ActivationAddress previous, IGrainCallSender sender) : IRehydrationContext
{
    public ActivationAddress Previous { get; } = previous;

    public IEnumerable<string> Keys => values.Keys;

    public bool TryGetBytes(string key, out ReadOnlySequence<byte> value)
    {
        var found = values.TryGetValue(key, out var bytes);
        value = found ? new(bytes!) : default;
        return found;
    }

    public bool TryGetValue<T>(string key, out T? value)
    {
        if (!values.TryGetValue(key, out var bytes))
        {
            value = default;
            return false;
        }

        var reader = new WireReader(bytes, sender);
        value = reader.Read<T>();
        return true;
    }
}
