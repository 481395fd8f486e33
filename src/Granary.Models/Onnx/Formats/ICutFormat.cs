using Granary.Models.Architectures;

namespace Granary.Models.Onnx.Formats;

/// <summary>A format whose experts can be computed each for itself, wherever their layer is.</summary>
internal interface ICutFormat : IWeightFormat
{
    /// <summary>One expert of rows [N, hidden], with the weights that <see cref="IWeightFormat.Experts"/> has laid out under the same name.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="name">Name of the node of all experts.</param>
    /// <param name="input">[N, hidden].</param>
    /// <param name="experts">All experts.</param>
    /// <param name="expert">Which of them.</param>
    /// <returns>[N, hidden].</returns>
    string Expert(GraphBuilder graph, string name, string input, MoeFeedForward experts, int expert);
}
