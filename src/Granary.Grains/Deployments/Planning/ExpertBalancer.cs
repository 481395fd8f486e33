namespace Granary.Deployments.Planning;

/// <summary>
/// Places the experts of a model on silos so that no silo has much more to compute than its share: copies for the hottest experts, heaviest copies first to the silo with
/// the least to do, then moves and exchanges away from the busiest. An expert with n copies spreads its load evenly over them.
/// </summary>
/// <remarks>
/// The idea is that of the published EPLB, DeepSeek's expert-parallelism load balancer: replicate the hot, pack evenly (DeepSeek-V3 Technical Report, arXiv 2412.19437, §3.4).
/// What differs: silos have memory and speed of their own, copies prefer different zones, and what is well placed stays, because moving it means loading it.
/// Deterministic. Of two layouts that <see cref="ExpertLayout.Skew"/> compares, that of what is there comes from <see cref="Repair"/>.
/// </remarks>
internal static class ExpertBalancer
{
    /// <summary>Places anew so that the busiest silo of every layer has as little as possible to compute; keeps what it can.</summary>
    public static ExpertLayout Balance(ExpertDemand demand)
    {
        var board = new ExpertBoard(demand);
        foreach (var layer in board.Layers)
        {
            layer.Want(new int[layer.Experts], board.LeastCopies, board.FurtherCopies);
            layer.KeepWanted();
        }

        PlaceMissing(board, mayExchange: true);
        foreach (var layer in board.Layers)
        {
            ExpertEvening.Run(layer);
        }

        return board.ToLayout();
    }

    /// <summary>What is there, with experts that have lost copies put where they cost least; nothing else moves. The quick answer to a dead silo.</summary>
    public static ExpertLayout Repair(ExpertDemand demand)
    {
        var board = new ExpertBoard(demand);
        foreach (var layer in board.Layers)
        {
            layer.Want([.. layer.Before.Select(holders => holders.Count)], board.LeastCopies, board.FurtherCopies);
            layer.KeepAll();
        }

        PlaceMissing(board, mayExchange: false);
        return board.ToLayout();
    }

    /// <remarks>
    /// First every expert's only copy, then the least copies, then the further ones: what is short of room is what matters least.
    /// The heaviest of all layers go before the second heaviest of any: the room of a silo is taken by all layers alike.
    /// </remarks>
    private static void PlaceMissing(ExpertBoard board, bool mayExchange)
    {
        foreach (var copies in (int[])[1, board.LeastCopies, int.MaxValue])
        {
            for (var rank = 0; rank < board.Experts; rank++)
            {
                foreach (var layer in board.Layers)
                {
                    var expert = layer.ByWeight[rank];
                    while (layer.Holders[expert].Count < Math.Min(copies, layer.Wanted[expert]) && (layer.TryPlace(expert) || (mayExchange && layer.TryPlaceByExchange(expert))))
                    {
                        // until it has them, or nobody has room
                    }
                }
            }
        }
    }
}
