using Granary.Engine.Sampling;
using Granary.Errors;
using Granary.Models;

namespace Granary.Engine.Tests.Sampling;

public sealed class SamplingResolverTests
{
    public static TheoryData<string, SamplingParameters> OutOfBounds => new()
    {
        { "temperature", new() { Temperature = -0.1f } },
        { "temperature", new() { Temperature = 2.1f } },
        { "temperature", new() { Temperature = float.NaN } },
        { "top_p", new() { TopP = 0 } },
        { "top_p", new() { TopP = 1.01f } },
        { "top_k", new() { TopK = -1 } },
        { "min_p", new() { MinP = -0.1f } },
        { "min_p", new() { MinP = 1.1f } },
        { "repetition_penalty", new() { RepetitionPenalty = 0 } },
        { "repetition_penalty", new() { RepetitionPenalty = float.PositiveInfinity } },
        { "presence_penalty", new() { PresencePenalty = 2.5f } },
        { "frequency_penalty", new() { FrequencyPenalty = -2.5f } },
        { "stop", new() { Stop = ["a", "b", "c", "d", "e"] } },
        { "stop", new() { Stop = [""] } },
        { "stop", new() { Stop = [new string('x', 257)] } },
    };

    [Theory]
    [MemberData(nameof(OutOfBounds))]
    public void Resolve_out_of_bounds_names_parameter(string parameter, SamplingParameters parameters)
    {
        var refusal = Assert.Throws<GranaryException>(() => SamplingResolver.Resolve(parameters, new()));
        Assert.Equal(ErrorCode.InvalidRequest, refusal.Code);
        Assert.Equal(parameter, refusal.Parameter);
    }

    [Fact]
    public void Resolve_gaps_take_model_then_neutral_values()
    {
        SamplingSettings settings = SamplingResolver.Resolve(
            new SamplingParameters { TopK = 3 }, new SamplingParameters { TopK = 40, TopP = 0.9f });
        Assert.Equal((3, 0.9f, 1f, 0f), (settings.TopK, settings.TopP, settings.Temperature, settings.MinP));
        Assert.False(settings.HasPenalties);
    }

    [Fact]
    public void Resolve_no_seed_draws_one() =>
        Assert.NotEqual(SamplingResolver.Resolve(new(), new()).Seed, SamplingResolver.Resolve(new(), new()).Seed);
}
