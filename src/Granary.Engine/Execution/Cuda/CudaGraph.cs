namespace Granary.Engine.Execution.Cuda;

/// <summary>What a stream was given, recorded once and launched as a whole as often as one likes.</summary>
/// <remarks>
/// ONNX Runtime can record graphs by itself, but then no other thread may use the GPU meanwhile, the copies of inputs and
/// outputs stay outside, and each launch goes through a whole run.
/// </remarks>
internal sealed class CudaGraph : IDisposable
{
    private readonly CudaDevice _device;
    private readonly nint _executable;

    private CudaGraph(CudaDevice device, nint executable)
    {
        _device = device;
        _executable = executable;
    }

    /// <summary>Records work without doing it.</summary>
    /// <param name="device">Whose stream it goes to.</param>
    /// <param name="work">Gives it to the stream from this thread. It must have been done once before, so that it allocates nothing any more.</param>
    /// <exception cref="CudaException">It does what cannot be recorded, such as waiting.</exception>
    public static CudaGraph Record(CudaDevice device, Action work)
    {
        CudaDriver.Check(CudaDriver.StreamBeginCapture(device.Stream, CudaDriver.ThreadLocalCapture), "cuStreamBeginCapture");
        try
        {
            work();
        }
        catch
        {
            _ = CudaDriver.StreamEndCapture(device.Stream, out nint broken);
            _ = CudaDriver.GraphDestroy(broken);
            throw;
        }

        CudaDriver.Check(CudaDriver.StreamEndCapture(device.Stream, out nint graph), "cuStreamEndCapture");
        try
        {
            CudaDriver.Check(CudaDriver.GraphInstantiate(out nint executable, graph, 0), "cuGraphInstantiate");
            return new CudaGraph(device, executable);
        }
        finally
        {
            _ = CudaDriver.GraphDestroy(graph);
        }
    }

    /// <summary>Gives all of it to the stream.</summary>
    public void Launch() => CudaDriver.Check(CudaDriver.GraphLaunch(_executable, _device.Stream), "cuGraphLaunch");

    public void Dispose() => CudaDriver.Check(CudaDriver.GraphExecDestroy(_executable), "cuGraphExecDestroy");
}
