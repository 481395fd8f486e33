using System.Globalization;
using Granary.Errors;
using Granary.Models;

namespace Granary.Engine.Sampling;

/// <summary>Checks the biases that a caller puts on single tokens.</summary>
internal static class LogitBiases
{
    public const int MaxBiases = 1024;
    public const float MaxBias = 100f;

    /// <exception cref="GranaryException"><c>invalid_request</c>, for <c>logit_bias</c>.</exception>
    public static TokenBias[] Check(TokenBias[]? biases, int vocabularySize)
    {
        if (biases is null)
        {
            return [];
        }

        if (biases.Length > MaxBiases)
        {
            throw Refusal($"may name {MaxBiases} tokens at most; it names {biases.Length}");
        }

        foreach ((int token, float bias) in biases)
        {
            if ((uint)token >= (uint)vocabularySize)
            {
                throw Refusal($"names token {token}; the ids of this model end at {vocabularySize - 1}");
            }

            if (!(Math.Abs(bias) <= MaxBias))
            {
                throw Refusal(string.Create(CultureInfo.InvariantCulture, $"must be from {-MaxBias} to {MaxBias}; token {token} has {bias}"));
            }
        }

        return biases;
    }

    private static GranaryException Refusal(string problem) => new(ErrorCode.InvalidRequest, $"logit_bias {problem}.", "logit_bias");
}
