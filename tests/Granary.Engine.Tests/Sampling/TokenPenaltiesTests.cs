using Granary.Engine.Sampling;
using Granary.Models;

namespace Granary.Engine.Tests.Sampling;

public sealed class TokenPenaltiesTests
{
    [Fact]
    public void Apply_all_penalties_equals_definition()
    {
        SamplingSettings settings = SamplingResolver.Resolve(
            new SamplingParameters { RepetitionPenalty = 2, PresencePenalty = 0.5f, FrequencyPenalty = 0.25f }, new());
        TokenPenalties penalties = TokenPenalties.Create(settings, [0, 1])!;
        penalties.Add(1);
        penalties.Add(2);
        penalties.Add(2);
        float[] logits = [4, -4, 8, 6];

        penalties.Apply(logits);

        // 0: prompt alone; 1: prompt and once in the output; 2: twice in the output; 3: unseen.
        Assert.Equal([2f, -8f - 0.25f - 0.5f, 4f - 0.5f - 0.5f, 6f], logits);
    }

    [Fact]
    public void Create_neutral_settings_is_null() =>
        Assert.Null(TokenPenalties.Create(SamplingResolver.Resolve(new SamplingParameters { RepetitionPenalty = 1, PresencePenalty = 0, FrequencyPenalty = 0 }, new()), [1]));
}
