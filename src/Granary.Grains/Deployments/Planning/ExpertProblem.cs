namespace Granary.Deployments.Planning;

/// <summary>Says why not all copies of experts have a place.</summary>
internal static class ExpertProblem
{
    /// <returns><see langword="null"/> if all have.</returns>
    public static string? Explain(ExpertBoard board)
    {
        if (board.Silos.Length == 0)
        {
            return "no silo may hold experts: none takes work and has the model's files";
        }

        var nowhere = board.Layers.Sum(layer => layer.Holders.Count(holders => holders.Count == 0));
        var least = board.Layers.Min(layer => layer.Holders.Min(holders => holders.Count));
        var inLayer = board.Layers.Min(layer => layer.Holders.Sum(holders => holders.Count));
        if (least >= board.WishedCopies && inLayer >= board.WishedInLayer)
        {
            return null;
        }

        var further = board.WishedInLayer - (board.Experts * board.WishedCopies);
        var wish = $"{Copies(board.WishedCopies)} of {board.Experts} experts{(further > 0 ? $", and {further} further ones," : "")} in {board.Layers.Count} layers";
        var free = string.Join(", ", board.Silos.Select(silo => $"{PlanBoard.Text(silo.FreeBytes)} on {silo.Name}"));
        return $"{(nowhere > 0 ? $"{nowhere} experts have no place: " : "")}{wish} take {PlanBoard.Text(board.WishedBytes)}, each copy on a silo of its own, and there is {free}; {Remedy(board, least, inLayer)}";
    }

    private static string Remedy(ExpertBoard board, int least, int inLayer)
    {
        var missing = board.WishedBytes - board.Usable;
        var room = $"{(missing > 0 ? PlanBoard.Text(missing) : "memory")} more (Granary:Deployments:MemoryBytes) or another silo would make room";
        return least >= board.WishedCopies ? $"--redundant-experts {inLayer - (board.Experts * board.WishedCopies)} would fit; {room}"
            : least > 0 ? $"--expert-replicas {least} would fit; {room}"
            : room;
    }

    private static string Copies(int count) => count == 1 ? "1 copy" : $"{count} copies";
}
