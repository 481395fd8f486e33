using System.Runtime.InteropServices;

namespace Granary.Engine.Execution;

/// <summary>Zeroed native memory, aligned to 64 bytes. Large ones cost physical memory only where they are touched.</summary>
internal sealed unsafe class NativeBuffer : SafeHandle
{
    private const int Alignment = 64;

    public NativeBuffer(long bytes)
        : base(0, ownsHandle: true)
    {
        Bytes = bytes;
        SetHandle((nint)NativeMemory.AllocZeroed((nuint)(bytes + Alignment)));
        Address = (handle + Alignment - 1) & ~(nint)(Alignment - 1);
        GC.AddMemoryPressure(bytes + Alignment);
    }

    public long Bytes { get; }

    /// <summary>The first byte; valid until disposal.</summary>
    public nint Address { get; }

    public override bool IsInvalid => handle == 0;

    /// <summary>A part of the memory as a span.</summary>
    public Span<T> Span<T>(long firstElement, int count)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(firstElement);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, (Bytes / sizeof(T)) - firstElement);
        return new Span<T>((T*)Address + firstElement, count);
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        GC.RemoveMemoryPressure(Bytes + Alignment);
        return true;
    }
}
