using Granary.Models;
using Microsoft.ML.OnnxRuntime;

namespace Granary.Engine.Execution;

/// <summary>A loaded graph.</summary>
/// <param name="Session">ONNX Runtime's.</param>
/// <param name="Segment">What it computes.</param>
internal sealed record GraphPart(InferenceSession Session, GraphSegment Segment);
