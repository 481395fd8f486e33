using Granary.Models.Architectures;

namespace Granary.Models.Onnx.Formats;

/// <summary>How one part of a model's weights is stored and computed with. Activations are fp32.</summary>
internal interface IWeightFormat
{
    /// <summary>x [.., K] times one or several matrices [N, K] plus their biases; the outputs lie side by side: [.., sum of N].</summary>
    string MatMul(GraphBuilder graph, string name, string input, IReadOnlyList<Linear> parts);

    /// <summary>An fp32 vector of the checkpoint, such as a norm's weight.</summary>
    string Vector(GraphBuilder graph, string name, MatrixRef vector);

    /// <summary>Rows [B, S, hidden] of the embedding [vocabulary, hidden] for ids [B, S].</summary>
    string Embed(GraphBuilder graph, string name, string ids, MatrixRef embedding);

    /// <summary>Logits [R, vocabulary] of x [R, hidden].</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">Name of the node.</param>
    /// <param name="input">x.</param>
    /// <param name="head">[vocabulary, hidden].</param>
    /// <param name="tied">Whether it is the embedding, whose initialiser is then shared.</param>
    string Head(GraphBuilder graph, string name, string input, MatrixRef head, bool tied);

    /// <summary>The sum of the chosen experts, weighted by the softmax over them.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">Name of the node.</param>
    /// <param name="input">[B, S, hidden].</param>
    /// <param name="routerLogits">[B·S, experts], before the softmax.</param>
    /// <param name="experts">The experts and how many are chosen.</param>
    string Experts(GraphBuilder graph, string name, string input, string routerLogits, MoeFeedForward experts);
}
