using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Granary.Engine.Kernels;

/// <summary>The part of ONNX Runtime's C interface that operators of one's own need and the C# binding does not have.</summary>
/// <remarks>Functions lie in a table that only grows: a place in it is the same in every later version. Places are counted in <c>onnxruntime_c_api.h</c>, <c>struct OrtApi</c>.</remarks>
internal static unsafe partial class OrtNative
{
    /// <summary>The first version whose table and whose <see cref="OrtOperator"/> have everything used here.</summary>
    public const uint Version = 17;

    private const int InvalidArgument = 2;

    private static readonly void** Functions = OrtGetApiBase()->GetApi(Version);

    /// <summary>Registers operators of a domain, whose name ends with a zero; the operators are kept by ONNX Runtime and must live as long as the process.</summary>
    /// <exception cref="InvalidOperationException">ONNX Runtime refuses.</exception>
    public static nint CreateDomain(ReadOnlySpan<byte> name, params ReadOnlySpan<nint> operators)
    {
        nint domain;
        fixed (byte* start = name)
        {
            Check(((delegate* unmanaged<byte*, nint*, nint>)Functions[26])(start, &domain)); // CreateCustomOpDomain
        }

        foreach (nint each in operators)
        {
            Check(((delegate* unmanaged<nint, nint, nint>)Functions[27])(domain, each)); // CustomOpDomain_Add
        }

        return domain;
    }

    /// <summary>Lets a session's graph have the operators of a domain.</summary>
    public static void Add(SessionOptions settings, nint domain)
    {
        Check(((delegate* unmanaged<nint, nint, nint>)Functions[28])(settings.DangerousGetHandle(), domain)); // AddCustomOpDomain
        GC.KeepAlive(settings);
    }

    /// <summary>A status that says that a graph is wrong; <paramref name="message"/> ends with a zero.</summary>
    public static nint Error(ReadOnlySpan<byte> message)
    {
        fixed (byte* start = message)
        {
            return ((delegate* unmanaged<int, byte*, nint>)Functions[0])(InvalidArgument, start); // CreateStatus
        }
    }

    /// <summary>An attribute of a node; <paramref name="name"/> ends with a zero.</summary>
    public static nint Attribute(nint info, ReadOnlySpan<byte> name, out long value)
    {
        fixed (byte* start = name)
        fixed (long* result = &value)
        {
            return ((delegate* unmanaged<nint, byte*, long*, nint>)Functions[86])(info, start, result); // KernelInfoGetAttribute_int64
        }
    }

    /// <summary>An attribute of a node; <paramref name="name"/> ends with a zero.</summary>
    public static float Attribute(nint info, ReadOnlySpan<byte> name, float ifMissing)
    {
        float value;
        fixed (byte* start = name)
        {
            nint status = ((delegate* unmanaged<nint, byte*, float*, nint>)Functions[85])(info, start, &value); // KernelInfoGetAttribute_float
            if (status == 0)
            {
                return value;
            }

            ReleaseStatus(status);
            return ifMissing;
        }
    }

    /// <summary>The elements of an input; <see langword="null"/> where it is left out.</summary>
    public static nint Input(nint context, int index, out nint value, out void* elements)
    {
        fixed (nint* found = &value)
        fixed (void** data = &elements)
        {
            *data = null;
            nint status = ((delegate* unmanaged<nint, nuint, nint*, nint>)Functions[90])(context, (nuint)index, found); // KernelContext_GetInput
            return status != 0 || *found == 0 ? status : Elements(*found, data);
        }
    }

    /// <summary>Makes an output.</summary>
    public static nint Output(nint context, int index, ReadOnlySpan<long> shape, out void* elements)
    {
        fixed (long* dimensions = shape)
        fixed (void** data = &elements)
        {
            nint value;
            nint status = ((delegate* unmanaged<nint, nuint, long*, nuint, nint*, nint>)Functions[91])(context, (nuint)index, dimensions, (nuint)shape.Length, &value); // KernelContext_GetOutput
            return status != 0 ? status : Elements(value, data);
        }
    }

    /// <summary>The shape of a tensor.</summary>
    public static nint Shape(nint value, out TensorShape shape)
    {
        shape = default;
        nint info;
        nuint count = 0;
        nint status = ((delegate* unmanaged<nint, nint*, nint>)Functions[65])(value, &info); // GetTensorTypeAndShape
        if (status == 0)
        {
            status = ((delegate* unmanaged<nint, nuint*, nint>)Functions[61])(info, &count); // GetDimensionsCount
            status = status != 0 || count <= TensorShape.MaxRank ? status : Error("a tensor has more dimensions than Granary's operators know"u8);
            if (status == 0)
            {
                shape.Rank = (int)count;
                fixed (long* dimensions = shape.Sizes)
                {
                    status = ((delegate* unmanaged<nint, long*, nuint, nint>)Functions[62])(info, dimensions, count); // GetDimensions
                }
            }

            ((delegate* unmanaged<nint, void>)Functions[99])(info); // ReleaseTensorTypeAndShapeInfo
        }

        return status;
    }

    /// <summary>Calls <paramref name="work"/> with each number below <paramref name="count"/> on the session's threads, and returns when all calls have.</summary>
    public static nint ParallelFor(nint context, delegate* unmanaged<void*, nuint, void> work, int count, void* data) =>
        ((delegate* unmanaged<nint, delegate* unmanaged<void*, nuint, void>, nuint, nuint, void*, nint>)Functions[274])(context, work, (nuint)count, 0, data); // KernelContext_ParallelFor

    private static nint Elements(nint value, void** elements) =>
        ((delegate* unmanaged<nint, void**, nint>)Functions[51])(value, elements); // GetTensorMutableData

    private static void Check(nint status)
    {
        if (status != 0)
        {
            string message = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)Functions[2])(status))!; // GetErrorMessage
            ReleaseStatus(status);
            throw new InvalidOperationException($"ONNX Runtime takes no operators of Granary's: {message}");
        }
    }

    private static void ReleaseStatus(nint status) => ((delegate* unmanaged<nint, void>)Functions[93])(status);

    [LibraryImport("onnxruntime")]
    private static partial ApiBase* OrtGetApiBase();

    [StructLayout(LayoutKind.Sequential)]
    private struct ApiBase
    {
        public delegate* unmanaged<uint, void**> GetApi;
        public delegate* unmanaged<byte*> GetVersionString;
    }
}
