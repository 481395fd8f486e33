using Granary.Models;

namespace Granary.Gateway.OpenAi.Responses;

/// <summary>Log-probabilities as the older completions write them: arrays side by side, an entry a token.</summary>
/// <param name="Tokens">The tokens' texts.</param>
/// <param name="TokenLogprobs">Their log-probabilities.</param>
/// <param name="TopLogprobs">The most likely tokens at each place, by text.</param>
/// <param name="TextOffset">Where each begins in the output.</param>
internal sealed record TextLogProbsObject(string[] Tokens, float[] TokenLogprobs, Dictionary<string, float>[] TopLogprobs, int[] TextOffset)
{
    /// <param name="places">Tokens of the output, or of a part of it.</param>
    /// <param name="offset">Characters of the tokens before them; of those behind them afterwards.</param>
    public static TextLogProbsObject From(IReadOnlyList<TokenLogProbs> places, ref int offset)
    {
        var offsets = new int[places.Count];
        for (var i = 0; i < places.Count; i++)
        {
            offsets[i] = offset;
            offset += places[i].Chosen.Text.Length;
        }

        return new([.. places.Select(place => place.Chosen.Text)], [.. places.Select(place => place.Chosen.LogProb)], [.. places.Select(Top)], offsets);
    }

    // Two tokens can have one text, where it is a part of a character; the likelier one counts.
    private static Dictionary<string, float> Top(TokenLogProbs place)
    {
        var top = new Dictionary<string, float>(StringComparer.Ordinal);
        foreach (var token in place.Top)
            top.TryAdd(token.Text, token.LogProb);
        return top;
    }
}
