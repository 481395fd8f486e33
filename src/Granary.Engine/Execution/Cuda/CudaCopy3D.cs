using System.Runtime.InteropServices;

namespace Granary.Engine.Execution.Cuda;

/// <summary>CUDA_MEMCPY3D: a copy of <see cref="Depth"/> × <see cref="Rows"/> pieces of <see cref="RowBytes"/> bytes each.</summary>
[StructLayout(LayoutKind.Explicit, Size = 200)]
internal struct CudaCopy3D
{
    private const int AnyMemory = 4; // CU_MEMORYTYPE_UNIFIED: the address says where it is

    [FieldOffset(32)]
    private int _sourceMemory;

    [FieldOffset(48)]
    private nint _source;

    [FieldOffset(72)]
    private nuint _sourcePitch;

    [FieldOffset(80)]
    private nuint _sourceHeight;

    [FieldOffset(120)]
    private int _destinationMemory;

    [FieldOffset(136)]
    private nint _destination;

    [FieldOffset(160)]
    private nuint _destinationPitch;

    [FieldOffset(168)]
    private nuint _destinationHeight;

    /// <summary>Bytes that lie in one piece.</summary>
    [FieldOffset(176)]
    public nuint RowBytes;

    /// <summary>Pieces of a plane.</summary>
    [FieldOffset(184)]
    public nuint Rows;

    /// <summary>Planes.</summary>
    [FieldOffset(192)]
    public nuint Depth;

    /// <summary>Where from: rows <paramref name="pitch"/> bytes apart, planes <paramref name="height"/> rows apart.</summary>
    public void From(nint address, long pitch, long height) =>
        (_sourceMemory, _source, _sourcePitch, _sourceHeight) = (AnyMemory, address, (nuint)pitch, (nuint)height);

    /// <summary>Where to, likewise.</summary>
    public void To(nint address, long pitch, long height) =>
        (_destinationMemory, _destination, _destinationPitch, _destinationHeight) = (AnyMemory, address, (nuint)pitch, (nuint)height);
}
