using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace Granary.Engine.Kernels;

/// <summary>Granary's operators, registered once a process.</summary>
internal static class OneRowOperators
{
    private static readonly Lazy<nint> Operators = new(() => OrtNative.CreateDomain(
        Encoding.UTF8.GetBytes(OneRowGraph.Domain + '\0'), OneRowMatMul.Create(), OneRowExperts.Create(), OneRowIntegers.Create(), OneRowFloatExperts.Create(), OneRowFloats.CreateMatMul(), OneRowFloats.CreateGemm(), OneRowAttention.Create()));

    /// <summary>Lets a session's graph have them.</summary>
    public static void Add(SessionOptions settings) => OrtNative.Add(settings, Operators.Value);
}
