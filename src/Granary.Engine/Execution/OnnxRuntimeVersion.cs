using Microsoft.ML.OnnxRuntime;

namespace Granary.Engine.Execution;

/// <summary>The version of ONNX Runtime that is loaded: graphs are written for it.</summary>
public static class OnnxRuntimeVersion
{
    /// <summary>For example 1.31.1.</summary>
    public static Version Current { get; } = Version.Parse(OrtEnv.Instance().GetVersionString().Split('-', '+')[0]);
}
