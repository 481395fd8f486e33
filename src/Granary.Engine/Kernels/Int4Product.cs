namespace Granary.Engine.Kernels;

/// <summary>A row of activations times a matrix of 4-bit weights, and where the products go. Everything lies in memory that others own.</summary>
internal unsafe struct Int4Product
{
    /// <summary>u8 [N, <see cref="Blocks"/>, <see cref="Block"/> / 2].</summary>
    public byte* Codes;

    /// <summary>[N, <see cref="Blocks"/>].</summary>
    public float* Scales;

    /// <summary>[N], or <see langword="null"/>.</summary>
    public float* Bias;

    /// <summary>N.</summary>
    public long Rows;

    /// <summary>Blocks of a row.</summary>
    public int Blocks;

    /// <summary>Weights of a block: 32, 64 or 128.</summary>
    public int Block;

    /// <summary>The activations, as <see cref="Kernels.RowCodes"/> writes them.</summary>
    public sbyte* RowCodes;

    /// <summary>Their scales.</summary>
    public float* RowScales;

    /// <summary>Their corrections.</summary>
    public int* Corrections;

    /// <summary>[N].</summary>
    public float* Output;
}
