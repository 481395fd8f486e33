namespace Granary.Models.Catalog;

/// <summary>How the weights of an imported model are stored.</summary>
public enum WeightKind
{
    /// <summary>32-bit floats: exact, four bytes a parameter.</summary>
    Fp32,

    /// <summary>IEEE 16-bit floats: two bytes a parameter; weights beyond ±65,504 are refused.</summary>
    Fp16,

    /// <summary>bfloat16: two bytes a parameter, exact for checkpoints of that type.</summary>
    BFloat16,

    /// <summary>8 bits in blocks of 128 with a scale of fp32: 1.03 bytes a parameter; <see cref="ImportRequest.BlockLength"/> changes that.</summary>
    Int8,

    /// <summary>
    /// 8 bits with a scale of fp32 for each output, multiplied with activations of 8 bits with a scale for each token: some 1.01 bytes a parameter, a tied head twice. Embedding and experts as
    /// <see cref="Int8"/>. For the CPU alone.
    /// </summary>
    W8A8,

    /// <summary>4 bits in blocks of 128 with a scale of fp32: 0.53 bytes a parameter; <see cref="ImportRequest.BlockLength"/> changes that.</summary>
    Int4,
}
