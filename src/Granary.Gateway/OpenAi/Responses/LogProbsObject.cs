using Granary.Models;

namespace Granary.Gateway.OpenAi.Responses;

/// <summary>Log-probabilities of the tokens of a choice, or of a part of it.</summary>
internal sealed record LogProbsObject(LogProbsObject.Place[] Content)
{
    public object? Refusal { get; }

    public static LogProbsObject From(IEnumerable<TokenLogProbs> places) => new([.. places.Select(place => new Place(
        place.Chosen.Text, place.Chosen.LogProb, Bytes(place.Chosen), Array.ConvertAll(place.Top, top => new Entry(top.Text, top.LogProb, Bytes(top)))))]);

    // As numbers, not in base 64.
    private static int[] Bytes(TokenLogProb token) => Array.ConvertAll(token.Bytes, value => (int)value);

    /// <summary>One token of the output.</summary>
    internal sealed record Place(string Token, float Logprob, int[] Bytes, Entry[] TopLogprobs);

    /// <summary>One likely token.</summary>
    internal sealed record Entry(string Token, float Logprob, int[] Bytes);
}
