using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Granary.Engine.Kernels;

/// <summary>ONNX Runtime's <c>OrtCustomOp</c> of version <see cref="OrtNative.Version"/>, followed by what its functions answer. Functions that are null are not asked for. All inputs and outputs are on the processor.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OrtOperator
{
    /// <summary>Element types, by ONNX Runtime's numbers.</summary>
    public const byte Float = 1;

    /// <inheritdoc cref="Float"/>
    public const byte UInt8 = 2;

    /// <inheritdoc cref="Float"/>
    public const byte Int8 = 3;

    /// <inheritdoc cref="Float"/>
    public const byte Int32 = 6;

    /// <inheritdoc cref="Float"/>
    public const byte Int64 = 7;

    private uint _version;
    private readonly nint _createKernel;
    private delegate* unmanaged<OrtOperator*, byte*> _getName;
    private delegate* unmanaged<OrtOperator*, byte*> _getExecutionProviderType;
    private delegate* unmanaged<OrtOperator*, nuint, int> _getInputType;
    private delegate* unmanaged<OrtOperator*, nuint> _getInputTypeCount;
    private delegate* unmanaged<OrtOperator*, nuint, int> _getOutputType;
    private delegate* unmanaged<OrtOperator*, nuint> _getOutputTypeCount;
    private readonly nint _kernelCompute;
    private delegate* unmanaged<void*, void> _kernelDestroy;
    private delegate* unmanaged<OrtOperator*, nuint, int> _getInputCharacteristic;
    private delegate* unmanaged<OrtOperator*, nuint, int> _getOutputCharacteristic;
    private delegate* unmanaged<OrtOperator*, nuint, int> _getInputMemoryType;
    private delegate* unmanaged<OrtOperator*, int> _getVariadicInputMinArity;
    private delegate* unmanaged<OrtOperator*, int> _getVariadicInputHomogeneity;
    private readonly nint _getVariadicOutputMinArity;
    private readonly nint _getVariadicOutputHomogeneity;
    private delegate* unmanaged<OrtOperator*, void*, nint, void**, nint> _createKernelV2;
    private delegate* unmanaged<void*, nint, nint> _kernelComputeV2;
    private readonly nint _inferOutputShape;
    private delegate* unmanaged<OrtOperator*, int> _getStartVersion;
    private delegate* unmanaged<OrtOperator*, int> _getEndVersion;
    private fixed long _later[8]; // what later versions added

    private byte* _name;
    private byte* _inputTypes;
    private int _inputs;
    private uint _optional;
    private bool _lastRepeats;
    private int _outputs;

    /// <summary>Describes an operator; it lives as long as the process.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="inputTypes">Types of its inputs, a literal.</param>
    /// <param name="optional">A bit for each input that a node may leave out.</param>
    /// <param name="lastRepeats">Whether there may be any number of the last input.</param>
    /// <param name="createKernel">Makes what <paramref name="compute"/> gets for a node, by <see cref="NodeMemory.Create"/>; returns a status.</param>
    /// <param name="compute">Computes a node; returns a status.</param>
    /// <param name="outputs">How many outputs it has, all of floats.</param>
    public static nint Create(
        string name,
        ReadOnlySpan<byte> inputTypes,
        uint optional,
        bool lastRepeats,
        delegate* unmanaged<OrtOperator*, void*, nint, void**, nint> createKernel,
        delegate* unmanaged<void*, nint, nint> compute,
        int outputs = 1)
    {
        var created = (OrtOperator*)NativeMemory.AllocZeroed((nuint)sizeof(OrtOperator));
        created->_version = OrtNative.Version;
        created->_getName = &Name;
        created->_getExecutionProviderType = &Provider;
        created->_getInputType = &InputType;
        created->_getInputTypeCount = &Inputs;
        created->_getOutputType = &OutputType;
        created->_getOutputTypeCount = &Outputs;
        created->_getInputCharacteristic = &InputCharacteristic;
        created->_getOutputCharacteristic = &OutputCharacteristic;
        created->_getInputMemoryType = &MemoryType;
        created->_getVariadicInputMinArity = &One;
        created->_getVariadicInputHomogeneity = &One;
        created->_createKernelV2 = createKernel;
        created->_kernelComputeV2 = compute;
        created->_kernelDestroy = &Destroy;
        created->_getStartVersion = &StartVersion;
        created->_getEndVersion = &EndVersion;
        created->_name = (byte*)Marshal.StringToCoTaskMemUTF8(name);
        created->_inputTypes = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(inputTypes)); // literals do not move
        created->_inputs = inputTypes.Length;
        created->_optional = optional;
        created->_lastRepeats = lastRepeats;
        created->_outputs = outputs;
        return (nint)created;
    }

    [UnmanagedCallersOnly]
    private static byte* Name(OrtOperator* self) => self->_name;

    [UnmanagedCallersOnly]
    private static byte* Provider(OrtOperator* self) => null; // the processor

    [UnmanagedCallersOnly]
    private static nuint Inputs(OrtOperator* self) => (nuint)self->_inputs;

    [UnmanagedCallersOnly]
    private static nuint Outputs(OrtOperator* self) => (nuint)self->_outputs;

    [UnmanagedCallersOnly]
    private static int InputType(OrtOperator* self, nuint index) => self->_inputTypes[index];

    [UnmanagedCallersOnly]
    private static int OutputType(OrtOperator* self, nuint index) => Float;

    [UnmanagedCallersOnly]
    private static int InputCharacteristic(OrtOperator* self, nuint index)
    {
        const int variadic = 2;
        return self->_lastRepeats && (int)index == self->_inputs - 1 ? variadic : (int)((self->_optional >> (int)index) & 1);
    }

    [UnmanagedCallersOnly]
    private static int One(OrtOperator* self) => 1;

    [UnmanagedCallersOnly]
    private static int OutputCharacteristic(OrtOperator* self, nuint index) => 0; // required

    [UnmanagedCallersOnly]
    private static int MemoryType(OrtOperator* self, nuint index) => 0; // the provider's own

    [UnmanagedCallersOnly]
    private static int StartVersion(OrtOperator* self) => 1;

    [UnmanagedCallersOnly]
    private static int EndVersion(OrtOperator* self) => int.MaxValue;

    [UnmanagedCallersOnly]
    private static void Destroy(void* kernel) => NodeMemory.Free((NodeMemory*)kernel);
}
