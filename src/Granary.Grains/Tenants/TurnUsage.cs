using Granary.Serving;

namespace Granary.Tenants;

/// <summary>What a turn has used, by what the log has of it.</summary>
internal static class TurnUsage
{
    /// <param name="reservation">What it was admitted with.</param>
    /// <param name="model">Who answered.</param>
    /// <param name="frames">All records of the log.</param>
    /// <param name="hasFailed">Whether it ended with an error.</param>
    /// <param name="isCharged">Whether its prompt counts even where no token came of it: a replica had begun to compute it when it was stopped.</param>
    /// <param name="layout">Which outputs belong to which prompt.</param>
    /// <param name="measure">Counts the prompts of a turn that was stopped, of which no replica told, where that was not done when it was admitted.</param>
    public static async Task<UsageRecord> CountAsync(
        Reservation reservation, string model, IReadOnlyList<TokenFrame> frames, bool hasFailed, bool isCharged, PromptLayout layout, Func<Task<int>> measure)
    {
        var output = frames.Sum(frame => (long)frame.Tokens.Length);
        TokenUsage[] told = [.. frames.Where(frame => frame.Usage is not null).DistinctBy(frame => layout.PromptOf(frame.Choice)).Select(frame => frame.Usage!)]; // outputs of a prompt all count it
        var prompt = told.Sum(usage => (long)usage.PromptTokens);
        if (told.Length < layout.Prompts && (output > 0 || isCharged))
        {
            prompt = reservation.PromptTokens > 0 ? reservation.PromptTokens : await measure();
        }

        return new UsageRecord
        {
            Turn = reservation.Turn,
            Day = reservation.Day,
            Key = reservation.Key,
            Model = model,
            PromptTokens = prompt,
            CachedTokens = told.Sum(usage => (long)usage.CachedTokens),
            OutputTokens = output,
            IsError = hasFailed,
        };
    }
}
