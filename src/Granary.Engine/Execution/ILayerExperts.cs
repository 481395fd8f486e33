namespace Granary.Engine.Execution;

/// <summary>Computes the experts of a layer between two graphs.</summary>
internal interface ILayerExperts : IDisposable
{
    /// <summary>Chooses experts by <see cref="GraphBuffers.RouterLogits"/>, computes them of <see cref="GraphBuffers.ExpertInput"/> and sets <see cref="GraphBuffers.Delta"/>.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="buffers">What the graph before has written and the one behind reads.</param>
    /// <param name="tokens">T, rows of each of them.</param>
    void Run(int layer, GraphBuffers buffers, int tokens);
}
