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
        { "top_p", new() { TopP = -0.01f } },
        { "top_p", new() { TopP = 1.01f } },
        { "top_k", new() { TopK = -1 } },
        { "min_p", new() { MinP = -0.1f } },
        { "min_p", new() { MinP = 1.1f } },
        { "repetition_penalty", new() { RepetitionPenalty = 0 } },
        { "repetition_penalty", new() { RepetitionPenalty = float.PositiveInfinity } },
        { "presence_penalty", new() { PresencePenalty = 2.5f } },
        { "frequency_penalty", new() { FrequencyPenalty = -2.5f } },
        { "min_tokens", new() { MinTokens = -1 } },
        { "min_tokens", new() { MinTokens = 5, MaxTokens = 4 } },
        { "top_logprobs", new() { TopLogProbs = -1 } },
        { "top_logprobs", new() { TopLogProbs = 21 } },
        { "logit_bias", new() { LogitBias = [new(101, 1)] } },
        { "logit_bias", new() { LogitBias = [new(-1, 1)] } },
        { "logit_bias", new() { LogitBias = [new(0, 100.5f)] } },
        { "logit_bias", new() { LogitBias = [new(0, float.NaN)] } },
        { "logit_bias", new() { LogitBias = new TokenBias[1025] } },
        { "ignore_eos", new() { IgnoreEndOfSequence = true, Constraint = new OutputConstraint { Kind = ConstraintKind.JsonObject } } },
        { "stop", new() { Stop = ["a", "b", "c", "d", "e"] } },
        { "stop", new() { Stop = [""] } },
        { "stop", new() { Stop = [new string('x', 257)] } },
    };

    [Theory]
    [MemberData(nameof(OutOfBounds))]
    public void Resolve_out_of_bounds_names_parameter(string parameter, SamplingParameters parameters)
    {
        var refusal = Assert.Throws<GranaryException>(() => SamplingResolver.ResolveFor(Toy.ToyEngine.Manifest, parameters));
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
    public void Resolve_top_p_of_zero_is_greedy()
    {
        SamplingSettings settings = SamplingResolver.Resolve(new SamplingParameters { TopP = 0, Temperature = 1 }, new());

        Assert.Equal((0f, 1f), (settings.Temperature, settings.TopP));
    }

    [Fact]
    public void Resolve_no_seed_draws_one() =>
        Assert.NotEqual(SamplingResolver.Resolve(new(), new()).Seed, SamplingResolver.Resolve(new(), new()).Seed);
}
