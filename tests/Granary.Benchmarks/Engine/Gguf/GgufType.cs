namespace Granary.Benchmarks.Engine.Gguf;

/// <summary>Element types of tensors, with ggml's numbers.</summary>
internal enum GgufType
{
    F32 = 0,
    Q4_0 = 2,
    Q8_0 = 8,
}
