namespace Granary.Engine.Execution.Cuda;

/// <summary>A decode of one batch size: inputs to the device, the forward pass, the best logits back; kernel by kernel until it is recorded.</summary>
internal sealed class CudaDecode(CudaDevice device, CudaBuffers buffers, CudaBinding binding) : IDisposable
{
    private CudaGraph? _graph;

    /// <summary>Rows of the batch, B.</summary>
    public int Rows => binding.Rows;

    /// <summary>Records it as a CUDA graph, once it has run.</summary>
    public void Record() => _graph = CudaGraph.Record(device, GiveToStream);

    /// <summary>Gives it to the stream; <see cref="CudaBuffers.Receive"/> waits for it.</summary>
    public void Run()
    {
        if (_graph is not null)
        {
            _graph.Launch();
        }
        else
        {
            GiveToStream();
        }
    }

    public void Dispose()
    {
        _graph?.Dispose();
        binding.Dispose();
    }

    private void GiveToStream()
    {
        buffers.Send((sizeof(long) + sizeof(int)) * Rows);
        binding.Run();
        buffers.Fetch(Rows);
    }
}
