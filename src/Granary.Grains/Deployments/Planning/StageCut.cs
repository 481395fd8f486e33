namespace Granary.Deployments.Planning;

/// <summary>Cuts layers into consecutive stages so that the slowest stage takes as little time as possible.</summary>
internal static class StageCut
{
    /// <param name="sizes">The model.</param>
    /// <param name="speeds">How fast the silo of each stage is; as many as stages, at most as many as layers.</param>
    /// <returns>Layers of each stage, 1 or more.</returns>
    /// <remarks>Dynamic programming over (stages, layers): the best longest time of the first s stages with the first l layers.</remarks>
    public static int[] Balance(ModelSizes sizes, ReadOnlySpan<double> speeds)
    {
        var (stages, layers) = (speeds.Length, sizes.Layers);
        var before = new long[layers + 1]; // bytes of the layers before each, with what the first one has besides
        for (var l = 1; l <= layers; l++)
        {
            before[l] = sizes.StageBytes(0, l);
        }

        var best = new double[stages + 1, layers + 1];
        var last = new int[stages + 1, layers + 1];
        for (var l = 1; l <= layers; l++)
        {
            best[0, l] = double.PositiveInfinity;
        }

        for (var s = 1; s <= stages; s++)
        {
            best[s, 0] = double.PositiveInfinity;
            for (var l = 1; l <= layers; l++)
            {
                best[s, l] = double.PositiveInfinity;
                for (var count = 1; count <= l; count++)
                {
                    var time = Math.Max(best[s - 1, l - count], (before[l] - before[l - count]) / speeds[s - 1]);
                    if (time < best[s, l])
                    {
                        (best[s, l], last[s, l]) = (time, count);
                    }
                }
            }
        }

        var counts = new int[stages];
        for (var (s, l) = (stages, layers); s > 0; s--)
        {
            counts[s - 1] = last[s, l];
            l -= counts[s - 1];
        }

        return counts;
    }
}
