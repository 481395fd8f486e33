using System.Runtime.InteropServices;

namespace Granary.Engine.Kernels;

/// <summary>What an operator keeps for a node: numbers, and memory that calls use again. Where two calls are at the same time, the second one gets memory of its own.</summary>
internal unsafe struct NodeMemory
{
    private const int Alignment = 64; // of memory, whose length lies so far before it

    private nint _spare;

    /// <summary>Numbers of the node, as the operator wants them.</summary>
    public fixed long Numbers[3];

    /// <summary>Another number.</summary>
    public float Fraction;

    /// <summary>Makes one without memory, or none where <paramref name="status"/> says that the numbers are no good.</summary>
    public static nint Create(nint status, in NodeMemory numbers, void** kernel)
    {
        if (status == 0)
        {
            *kernel = NativeMemory.Alloc((nuint)sizeof(NodeMemory));
            *(NodeMemory*)*kernel = numbers;
        }

        return status;
    }

    /// <summary>For <see cref="OrtOperator.Create"/>, of operators whose nodes have no numbers.</summary>
    [UnmanagedCallersOnly]
    public static nint CreateEmpty(OrtOperator* self, void* api, nint info, void** kernel) => Create(0, default, kernel);

    /// <summary>Frees it and its memory.</summary>
    public static void Free(NodeMemory* node)
    {
        Free(node->_spare);
        NativeMemory.Free(node);
    }

    /// <summary>Memory for a call, until <see cref="Return"/>.</summary>
    public byte* Rent(long bytes)
    {
        nint spare = Interlocked.Exchange(ref _spare, 0);
        if (spare == 0 || *(long*)spare < bytes)
        {
            Free(spare);
            spare = (nint)NativeMemory.AlignedAlloc((nuint)(bytes + Alignment), Alignment);
            *(long*)spare = bytes;
        }

        return (byte*)spare + Alignment;
    }

    /// <summary>Gives memory back.</summary>
    public void Return(byte* memory) => Free(Interlocked.Exchange(ref _spare, (nint)memory - Alignment));

    private static void Free(nint memory) => NativeMemory.AlignedFree((void*)memory);
}
