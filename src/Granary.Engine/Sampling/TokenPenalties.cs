using System.Runtime.InteropServices;

namespace Granary.Engine.Sampling;

/// <summary>
/// Lowers the logits of tokens that were seen. Order as in vLLM: repetition (tokens of prompt and output), then frequency
/// and presence (tokens of the output).
/// </summary>
internal sealed class TokenPenalties
{
    private readonly SamplingSettings _settings;
    private readonly Dictionary<int, int> _outputCounts = [];
    private readonly HashSet<int> _seen = [];

    private TokenPenalties(SamplingSettings settings, ReadOnlySpan<int> prompt)
    {
        _settings = settings;
        foreach (int token in prompt)
        {
            _seen.Add(token);
        }
    }

    /// <summary>The state of one sequence, or <see langword="null"/> where the settings ask for no penalty.</summary>
    public static TokenPenalties? Create(SamplingSettings settings, ReadOnlySpan<int> prompt) =>
        settings.HasPenalties ? new TokenPenalties(settings, prompt) : null;

    /// <summary>Counts a token of the output.</summary>
    public void Add(int token)
    {
        _seen.Add(token);
        CollectionsMarshal.GetValueRefOrAddDefault(_outputCounts, token, out _)++;
    }

    /// <summary>Changes <paramref name="logits"/> [V] in place.</summary>
    public void Apply(Span<float> logits)
    {
        if (_settings.HasRepetitionPenalty)
        {
            float penalty = _settings.RepetitionPenalty;
            foreach (int token in _seen)
            {
                ref float logit = ref logits[token];
                logit = logit > 0 ? logit / penalty : logit * penalty;
            }
        }

        if (_settings.HasOutputPenalties)
        {
            foreach ((int token, int count) in _outputCounts)
            {
                logits[token] -= (_settings.FrequencyPenalty * count) + _settings.PresencePenalty;
            }
        }
    }
}
