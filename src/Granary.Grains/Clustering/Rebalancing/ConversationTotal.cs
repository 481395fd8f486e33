namespace Granary.Clustering;

/// <summary>
/// How many conversations there are in all, by counts of silos that answer one after another: one that moves meanwhile is in both silos' counts, or in neither's. What a look
/// missed is taken from the one before it; what it saw twice is forgotten after the next, else nobody would give what seems to be his share.
/// </summary>
internal sealed class ConversationTotal
{
    private int _before;

    /// <summary>Takes the sum of a look's counts.</summary>
    /// <returns>The total to plan with.</returns>
    public int Next(int counted)
    {
        var total = Math.Max(_before, counted);
        _before = counted;
        return total;
    }

    /// <summary>Forgets what was counted.</summary>
    public void Reset() => _before = 0;
}
