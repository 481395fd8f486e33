namespace Granary.Models.Checkpoints;

/// <summary>generation_config.json, with config.json for what older checkpoints keep there.</summary>
internal static class GenerationConfig
{
    /// <summary>Tokens that end a reply.</summary>
    public static IReadOnlyList<int> EndOfSequence(JsonFile? generation, ModelConfig config)
    {
        var last = config.VocabularySize - 1;
        var tokens = generation?.Ints("eos_token_id", 0, last) ?? [];
        return tokens.Count > 0 ? tokens : config.Json.Ints("eos_token_id", 0, last);
    }

    /// <summary>Sampling defaults; what the file leaves out stays <see langword="null"/>.</summary>
    public static SamplingParameters Defaults(JsonFile? generation)
    {
        if (generation is null)
        {
            return new SamplingParameters();
        }

        var greedy = generation.Has("do_sample") && !generation.Bool("do_sample", absent: true);
        return new SamplingParameters
        {
            Temperature = greedy ? 0 : (float?)generation.OptionalDouble("temperature", 0, 2),
            TopP = (float?)generation.OptionalDouble("top_p", double.Epsilon, 1),
            TopK = generation.OptionalInt("top_k", 0, int.MaxValue),
            MinP = (float?)generation.OptionalDouble("min_p", 0, 1),
            RepetitionPenalty = (float?)generation.OptionalDouble("repetition_penalty", double.Epsilon, 100),
            MaxTokens = generation.OptionalInt("max_new_tokens", 1, int.MaxValue),
        };
    }
}
