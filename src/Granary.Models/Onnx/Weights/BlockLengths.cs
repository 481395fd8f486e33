namespace Granary.Models.Onnx.Weights;

/// <summary>How many weights of a row share a scale.</summary>
internal static class BlockLengths
{
    /// <summary>Lengths that a block may have, shortest first.</summary>
    public static IReadOnlyList<int> All { get; } = [32, 64, 128];

    /// <summary>The longest block of which rows of all these widths are whole multiples; the shortest where none is.</summary>
    /// <param name="most">No longer than this.</param>
    /// <param name="columns">Widths of the matrices that share one block length.</param>
    public static int For(int most, params ReadOnlySpan<int> columns)
    {
        foreach (var length in All.Reverse())
        {
            if (length <= most && DividesAll(length, columns))
            {
                return length;
            }
        }

        return All[0];
    }

    private static bool DividesAll(int length, ReadOnlySpan<int> columns)
    {
        foreach (var width in columns)
        {
            if (width % length != 0)
            {
                return false;
            }
        }

        return true;
    }
}
