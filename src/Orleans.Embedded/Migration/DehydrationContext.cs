namespace Orleans.Runtime;

internal sealed class DehydrationContext : IDehydrationContext
{
    public Dictionary<string, byte[]> Values { get; } = new(StringComparer.Ordinal);

    public IEnumerable<string> Keys => Values.Keys;

    public void AddBytes(string key, ReadOnlySpan<byte> value) => Values.Add(key, value.ToArray());

    public bool TryAddValue<T>(string key, T? value)
    {
        if (Values.ContainsKey(key))
        {
            return false;
        }

        try
        {
            using var writer = new WireWriter();
            writer.Write(value);
            Values.Add(key, writer.WrittenSpan.ToArray());
            return true;
        }
        catch (SerializerException)
        {
            return false;
        }
    }
}
