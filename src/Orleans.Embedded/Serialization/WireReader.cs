namespace Orleans.Serialization;

/// <summary>Bytes being read. Every read checks what is left.</summary>
public ref struct WireReader
{
    /// <summary>Reads those bytes; grain references in them send their calls through <paramref name="sender"/>.</summary>
    public WireReader(ReadOnlySpan<byte> data, Invocation.IGrainCallSender? sender = null)
    {
    }

    /// <summary>Bytes left.</summary>
    public readonly int Remaining => throw new NotImplementedException();

    /// <summary>Bytes read.</summary>
    public readonly int Position => throw new NotImplementedException();

    /// <summary>Reads a value with the codec of <typeparamref name="T"/>.</summary>
    /// <exception cref="SerializerException">The bytes are not what the codec expects.</exception>
    public T Read<T>() => throw new NotImplementedException();

    /// <summary>Reads what <see cref="WireWriter.WriteVarUInt"/> wrote.</summary>
    public ulong ReadVarUInt() => throw new NotImplementedException();

    /// <summary>Reads 8 bytes.</summary>
    public ulong ReadUInt64() => throw new NotImplementedException();
}
