using System.Diagnostics;
using Granary.Engine.Execution.Cuda;
using Granary.Models.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Benchmarks.Gpu;

/// <summary>What the GPU does at most: bytes copied within its memory, and operations of a large product of matrices.</summary>
/// <param name="CopyBytesPerSecond">Bytes read and written.</param>
/// <param name="MatMulFlops">Floating-point operations a second of fp16 MatMul, 8192³, random values.</param>
internal sealed record DeviceCeilings(double CopyBytesPerSecond, double MatMulFlops)
{
    private const long CopyBytes = 4L << 30;
    private const int Copies = 20;
    private const int Size = 8192;
    private const int Products = 8;
    private const int Runs = 5;

    /// <summary>Measures both.</summary>
    /// <param name="graphPath">Where the graph of the products may be written.</param>
    public static DeviceCeilings Measure(string graphPath)
    {
        using var device = CudaDevice.Open();
        return new(CopyRate(device), MatMulRate(device, graphPath));
    }

    private static double CopyRate(CudaDevice device)
    {
        using var from = new DeviceBuffer(device, CopyBytes);
        using var to = new DeviceBuffer(device, CopyBytes);
        double best = 0;
        for (var round = 0; round < 4; round++)
        {
            device.Synchronize();
            var start = Stopwatch.GetTimestamp();
            for (var copy = 0; copy < Copies; copy++)
            {
                device.Copy(to.Address, from.Address, CopyBytes);
            }

            device.Synchronize();
            best = Math.Max(best, 2.0 * CopyBytes * Copies / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    private static double MatMulRate(CudaDevice device, string graphPath)
    {
        var graph = new GraphBuilder("none");
        var product = graph.Input("x", OnnxType.Float16, Size, Size);
        graph.Input("w", OnnxType.Float16, Size, Size);
        for (var index = 1; index <= Products; index++)
        {
            product = graph.Node($"y{index}", "MatMul", "", [product, "w"]);
        }

        graph.Output(product, OnnxType.Float16, Size, Size);
        File.WriteAllBytes(graphPath, graph.Serialize("matmul"));
        using var session = CudaSession.Open(graphPath, device.Stream);
        using var memory = new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);
        using var x = Random(device, deviation: 1);
        using var w = Random(device, deviation: 1 / Math.Sqrt(Size)); // the products keep their size
        using var y = new DeviceBuffer(device, x.Bytes);
        using var binding = session.CreateIoBinding();
        using var xValue = Value(memory, x);
        using var wValue = Value(memory, w);
        using var yValue = Value(memory, y);
        binding.BindInput("x", xValue);
        binding.BindInput("w", wValue);
        binding.BindOutput(product, yValue);
        using var options = new RunOptions();
        options.AddRunConfigEntry("gpu_graph_id", "-1");
        double best = 0;
        for (var run = -1; run < Runs; run++)
        {
            device.Synchronize();
            var start = Stopwatch.GetTimestamp();
            session.RunWithBinding(options, binding);
            device.Synchronize();
            var rate = 2.0 * Size * Size * Size * Products / Stopwatch.GetElapsedTime(start).TotalSeconds;
            best = run < 0 ? 0 : Math.Max(best, rate);
        }

        return best;
    }

    private static OrtValue Value(OrtMemoryInfo memory, DeviceBuffer buffer) =>
        OrtValue.CreateTensorValueWithData(memory, TensorElementType.Float16, [Size, Size], buffer.Address, buffer.Bytes);

    private static DeviceBuffer Random(CudaDevice device, double deviation)
    {
        const int elements = Size * Size;
        using var host = new PinnedBuffer(elements * (long)sizeof(ushort));
        Parallel.For(0, Size, row =>
        {
            var random = new Random(row);
            foreach (ref var value in host.Span<Half>((long)row * Size * sizeof(ushort), Size))
            {
                value = (Half)((random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2 * deviation);
            }
        });
        var buffer = new DeviceBuffer(device, host.Bytes);
        device.Copy(buffer.Address, host.Address, host.Bytes);
        device.Synchronize();
        return buffer;
    }
}
