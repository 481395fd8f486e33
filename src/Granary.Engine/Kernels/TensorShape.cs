using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Granary.Engine.Kernels;

/// <summary>The sizes of a tensor of few dimensions.</summary>
internal struct TensorShape
{
    /// <summary>Most dimensions that one can have.</summary>
    public const int MaxRank = 4;

    private Dimensions _sizes;

    /// <summary>How many dimensions it has.</summary>
    public int Rank { get; set; }

    /// <summary>Their sizes, outermost first.</summary>
    [UnscopedRef]
    public Span<long> Sizes => _sizes[..Rank];

    /// <summary>The last dimension; 0 where there is none.</summary>
    public long Last
    {
        readonly get => Rank == 0 ? 0 : _sizes[Rank - 1];
        set => _sizes[Rank - 1] = value;
    }

    /// <summary>How many rows the last dimension has.</summary>
    public readonly long Rows
    {
        get
        {
            long rows = 1;
            for (int dimension = 0; dimension < Rank - 1; dimension++)
            {
                rows *= _sizes[dimension];
            }

            return rows;
        }
    }

    /// <summary>One dimension.</summary>
    public readonly long this[int dimension] => _sizes[dimension];

    [InlineArray(MaxRank)]
    private struct Dimensions
    {
        private long _first;
    }
}
