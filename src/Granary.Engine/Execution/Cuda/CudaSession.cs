using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Granary.Engine.Execution.Cuda;

/// <summary>Opens a graph on ONNX Runtime's CUDA provider.</summary>
internal static partial class CudaSession
{
    /// <summary>Opens a graph.</summary>
    /// <param name="path">The graph.</param>
    /// <param name="stream">The CUstream that its runs go to.</param>
    /// <exception cref="CudaException">The provider cannot be loaded.</exception>
    /// <exception cref="InvalidDataException">The graph cannot.</exception>
    public static InferenceSession Open(string path, nint stream)
    {
        // Of two decode kernels the one that ONNX Runtime prefers is the slower at every batch measured. It reads the native environment,
        // which Environment.SetEnvironmentVariable does not reach; a value that the operator has set stays.
        _ = SetNativeVariable("ORT_ENABLE_XQA", "0", overwrite: 0);
        using var options = new SessionOptions
        {
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = 1, // the processor only launches kernels
            InterOpNumThreads = 1,
            EnableMemoryPattern = false, // a pattern is kept for each shape met, and chunks come in every length
        };
        options.AddSessionConfigEntry("session.disable_cpu_ep_fallback", "1"); // an operator on the CPU would make graphs impossible and steps slow
        AddProvider(options, stream);
        try
        {
            return new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new InvalidDataException($"The graph {path} cannot be loaded on device 'cuda': {e.Message}", e);
        }
    }

    private static void AddProvider(SessionOptions options, nint stream)
    {
        try
        {
            using var provider = new OrtCUDAProviderOptions();
            provider.UpdateOptions(new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["device_id"] = "0",
                ["has_user_compute_stream"] = "1",
                ["user_compute_stream"] = stream.ToString(CultureInfo.InvariantCulture),
                ["enable_cuda_graph"] = "1",
                ["arena_extend_strategy"] = "kSameAsRequested", // the rest of the memory is the KV cache's
                ["use_tf32"] = "0", // fp32 is the router's, where a flipped choice of experts is a large error, or what somebody asked for
            });
            options.AppendExecutionProvider_CUDA(provider);
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException)
        {
            throw new CudaException(
                "Device 'cuda' needs ONNX Runtime's CUDA provider with CUDA 13 (cudart, cuBLAS, cuRAND) and cuDNN 9, and it could not be loaded. " +
                $"Build with -p:OnnxRuntimeDevice=cuda and install those libraries. ONNX Runtime says: {e.Message}",
                e);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);
}
