using Granary.Models;
using Microsoft.ML.OnnxRuntime;

namespace Granary.Engine.Execution;

/// <summary>A loaded graph.</summary>
/// <param name="Session">ONNX Runtime's.</param>
/// <param name="OneRow">The same graph for one new token of one sequence, where another one is faster.</param>
/// <param name="Segment">What it computes.</param>
internal sealed record GraphPart(InferenceSession Session, InferenceSession? OneRow, GraphSegment Segment) : IDisposable
{
    public void Dispose()
    {
        Session.Dispose();
        OneRow?.Dispose();
    }
}
