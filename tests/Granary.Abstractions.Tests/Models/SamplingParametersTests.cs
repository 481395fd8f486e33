using Granary.Models;

namespace Granary.Abstractions.Tests.Models;

public sealed class SamplingParametersTests
{
    [Fact]
    public void WithDefaults_fills_every_gap_and_nothing_else()
    {
        var defaults = new SamplingParameters
        {
            Temperature = 0.5f, TopP = 0.9f, TopK = 40, MinP = 0.1f, RepetitionPenalty = 1.1f, PresencePenalty = 0.2f,
            FrequencyPenalty = 0.3f, Seed = 7, MaxTokens = 100, Stop = ["x"], MinTokens = 3,
            IgnoreEndOfSequence = true, LogitBias = [new(1, 2)], TopLogProbs = 4, Constraint = new OutputConstraint { Kind = ConstraintKind.JsonObject },
        };

        // By reflection, so that a parameter added later is filled in as well.
        Assert.All(typeof(SamplingParameters).GetProperties(), property =>
            Assert.Equal(property.GetValue(defaults), property.GetValue(new SamplingParameters().WithDefaults(defaults))));
        Assert.All(typeof(SamplingParameters).GetProperties(), property => Assert.NotNull(property.GetValue(defaults)));
        Assert.Equal(0f, new SamplingParameters { Temperature = 0 }.WithDefaults(defaults).Temperature);
    }
}
