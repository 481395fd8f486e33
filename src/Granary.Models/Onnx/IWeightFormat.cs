using Granary.Models.Architectures;

namespace Granary.Models.Onnx;

/// <summary>How the large matrices are stored and multiplied with: the seam for quantised weights.</summary>
internal interface IWeightFormat
{
    /// <summary>x [.., K] times one or several matrices [N, K], whose outputs lie side by side: [.., sum of N].</summary>
    string MatMul(GraphBuilder graph, string name, string input, IReadOnlyList<MatrixRef> weights);

    /// <summary>The sum of the chosen experts, weighted by the softmax over them.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">Name of the node.</param>
    /// <param name="input">[B, S, hidden].</param>
    /// <param name="routerLogits">[B·S, experts], before the softmax.</param>
    /// <param name="experts">The experts and how many are chosen.</param>
    string Experts(GraphBuilder graph, string name, string input, string routerLogits, MoeFeedForward experts);

    /// <summary>Logits [R, vocabulary] of x [R, hidden]; <paramref name="embedding"/> names the shared initialiser of a tied head.</summary>
    string Head(GraphBuilder graph, string name, string input, MatrixRef head, string? embedding);
}
