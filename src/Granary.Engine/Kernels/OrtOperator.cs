using System.Runtime.InteropServices;

namespace Granary.Engine.Kernels;

/// <summary>ONNX Runtime's <c>OrtCustomOp</c> of version <see cref="OrtNative.Version"/>: what an operator is and how it computes. Functions that are null are not asked for.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct OrtOperator
{
    public uint Version;
    public nint CreateKernel;
    public delegate* unmanaged<OrtOperator*, byte*> GetName;
    public delegate* unmanaged<OrtOperator*, byte*> GetExecutionProviderType;
    public delegate* unmanaged<OrtOperator*, nuint, int> GetInputType;
    public delegate* unmanaged<OrtOperator*, nuint> GetInputTypeCount;
    public delegate* unmanaged<OrtOperator*, nuint, int> GetOutputType;
    public delegate* unmanaged<OrtOperator*, nuint> GetOutputTypeCount;
    public nint KernelCompute;
    public delegate* unmanaged<void*, void> KernelDestroy;
    public delegate* unmanaged<OrtOperator*, nuint, int> GetInputCharacteristic;
    public delegate* unmanaged<OrtOperator*, nuint, int> GetOutputCharacteristic;
    public delegate* unmanaged<OrtOperator*, nuint, int> GetInputMemoryType;
    public nint GetVariadicInputMinArity;
    public nint GetVariadicInputHomogeneity;
    public nint GetVariadicOutputMinArity;
    public nint GetVariadicOutputHomogeneity;
    public delegate* unmanaged<OrtOperator*, void*, nint, void**, nint> CreateKernelV2;
    public delegate* unmanaged<void*, nint, nint> KernelComputeV2;
    public nint InferOutputShape;
    public delegate* unmanaged<OrtOperator*, int> GetStartVersion;
    public delegate* unmanaged<OrtOperator*, int> GetEndVersion;
    private fixed long _later[8]; // what later versions added
}
