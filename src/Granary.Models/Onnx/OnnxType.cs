namespace Granary.Models.Onnx;

/// <summary>Element types, by ONNX's numbers.</summary>
internal enum OnnxType
{
    Float = 1,
    Int32 = 6,
    Int64 = 7,
}
