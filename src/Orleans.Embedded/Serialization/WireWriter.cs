using System.Buffers;

namespace Orleans.Serialization;

/// <summary>Bytes being written, in one pooled block. Not thread-safe.</summary>
public sealed class WireWriter : IBufferWriter<byte>, IDisposable
{
    /// <summary>Starts with a block from the pool.</summary>
    public WireWriter(int capacity = 512)
    {
    }

    /// <summary>What has been written.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => throw new NotImplementedException();

    /// <summary>What has been written.</summary>
    public ReadOnlySpan<byte> WrittenSpan => throw new NotImplementedException();

    /// <summary>How much has been written, in bytes.</summary>
    public int Length => throw new NotImplementedException();

    /// <summary>Forgets what was written, to be used again.</summary>
    public void Clear() => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Advance(int count) => throw new NotImplementedException();

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0) => throw new NotImplementedException();

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => throw new NotImplementedException();

    /// <summary>Writes a value with the codec of <typeparamref name="T"/>.</summary>
    public void Write<T>(T value) => throw new NotImplementedException();

    /// <summary>Writes an unsigned number in 1–10 bytes.</summary>
    public void WriteVarUInt(ulong value) => throw new NotImplementedException();

    /// <summary>Writes 8 bytes.</summary>
    public void WriteUInt64(ulong value) => throw new NotImplementedException();

    /// <summary>Gives the block back to the pool.</summary>
    public void Dispose()
    {
    }
}
