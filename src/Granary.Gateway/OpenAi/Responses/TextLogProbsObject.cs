using Granary.Models;
using Granary.Serving;

namespace Granary.Gateway.OpenAi.Responses;

/// <summary>Log-probabilities as the older completions write them: arrays side by side, an entry a token.</summary>
/// <param name="Tokens">The tokens' texts.</param>
/// <param name="TokenLogprobs">Their log-probabilities; <see langword="null"/> of a prompt's first one, which nothing predicts.</param>
/// <param name="TopLogprobs">The most likely tokens at each place, by text, and the one that stands there: one more than was asked for, where it is not among them.</param>
/// <param name="TextOffset">Where each begins in the output, the echoed prompt included.</param>
internal sealed record TextLogProbsObject(string[] Tokens, float?[] TokenLogprobs, Dictionary<string, float>?[] TopLogprobs, int[] TextOffset)
{
    /// <param name="output">An output, or a part of it.</param>
    /// <param name="offset">Characters of the tokens before it; of those behind it afterwards.</param>
    /// <returns><see langword="null"/> where it has no log-probabilities.</returns>
    public static TextLogProbsObject? From(TokenFrame output, ref int offset)
    {
        var prompt = output.PromptLogProbs ?? [];
        if (output.LogProbs is null && prompt.Length == 0)
            return null;
        TokenLogProbs[] places = [.. prompt, .. output.LogProbs ?? []];
        var offsets = new int[places.Length];
        for (var i = 0; i < places.Length; i++)
        {
            offsets[i] = offset;
            offset += i < prompt.Length && places[i].Chosen.Bytes.Length == 0 ? 0 : places[i].Chosen.Text.Length;
        }

        float?[] chosen = [.. places.Select(place => place.Chosen.LogProb)];
        Dictionary<string, float>?[] top = [.. places.Select(Top)];
        if (prompt.Length > 0)
            (chosen[0], top[0]) = (null, null);
        return new([.. places.Select(place => place.Chosen.Text)], chosen, top, offsets);
    }

    // Two tokens can have one text, where it is a part of a character; the likelier one counts. The one that stands there is among them, however unlikely.
    private static Dictionary<string, float> Top(TokenLogProbs place)
    {
        var top = new Dictionary<string, float>(StringComparer.Ordinal);
        foreach (var token in place.Top)
            top.TryAdd(token.Text, token.LogProb);
        top.TryAdd(place.Chosen.Text, place.Chosen.LogProb);
        return top;
    }
}
