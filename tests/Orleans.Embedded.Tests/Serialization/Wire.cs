namespace Orleans.Embedded.Tests.Serialization;

/// <summary>Values to bytes and back.</summary>
internal static class Wire
{
    public static byte[] Encode<T>(T value)
    {
        using var writer = new WireWriter(16);
        writer.Write(value);
        return writer.WrittenSpan.ToArray();
    }

    public static T Decode<T>(ReadOnlySpan<byte> bytes, IGrainCallSender? sender = null)
    {
        var reader = new WireReader(bytes, sender);
        var value = reader.Read<T>();
        Assert.Equal(0, reader.Remaining);
        return value;
    }

    public static T RoundTrip<T>(T value) => Decode<T>(Encode(value));
}
