namespace Granary.Models.Checkpoints;

/// <summary>Element types of safetensors; the first three can be imported.</summary>
internal enum TensorType
{
    F32,
    F16,
    BF16,
    F64,
    I64,
    I32,
    I16,
    I8,
    U64,
    U32,
    U16,
    U8,
    BOOL,
    F8_E4M3,
    F8_E5M2,
}
