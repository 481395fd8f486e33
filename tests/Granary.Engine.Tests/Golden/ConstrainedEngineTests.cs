using System.Text.Json;
using Granary.Engine.Tests.Grammar.Schema;
using Granary.Engine.Tests.Toy;
using Granary.Errors;
using Granary.Models;

namespace Granary.Engine.Tests.Golden;

/// <summary>Constraints through the whole engine, on the demo model.</summary>
public sealed class ConstrainedEngineTests(ImportedModels models)
{
    private const string Schema =
        """{"type":"object","properties":{"name":{"type":"string","maxLength":20},"age":{"type":"integer","minimum":0,"maximum":120},"tags":{"type":"array","items":{"enum":["red","green","blue"]},"maxItems":3}},"required":["name","age","tags"],"additionalProperties":false}""";

    [Theory]
    [InlineData(0f)]
    [InlineData(1.5f)]
    public async Task GenerateAsync_schema_every_output_is_valid(float temperature)
    {
        ReferencePrompt[] prompts = await GoldenFile.ReadDemoAsync();
        await using IEngine engine = await models.StartDemoAsync(new EngineOptions { Slots = 4, SlotTokens = 256 });

        Generation[] got = await Task.WhenAll(prompts.SelectMany((prompt, i) => Enumerable.Range(0, 3).Select(seed => engine.CompleteAsync(Request(
            prompt, new OutputConstraint { Kind = ConstraintKind.JsonSchema, Text = Schema }) with
        {
            Sampling = new SamplingParameters { Temperature = temperature, Seed = seed, MaxTokens = 128, Constraint = new OutputConstraint { Kind = ConstraintKind.JsonSchema, Text = Schema } },
        }))));

        Assert.All(got, generation =>
        {
            Assert.Equal(FinishReason.Stop, generation.FinishReason);
            Assert.True(SchemaValidator.IsValid(Schema, generation.Text), generation.Text);
        });
    }

    [Fact]
    public async Task GenerateAsync_constrained_neighbours_change_nothing_for_others()
    {
        ReferencePrompt[] prompts = await GoldenFile.ReadDemoAsync();
        await using IEngine engine = await models.StartDemoAsync(new EngineOptions { Slots = 6, SlotTokens = 256 });
        Task<Generation>[] constrained = [.. prompts.Select(prompt => engine.CompleteAsync(Request(prompt, new OutputConstraint { Kind = ConstraintKind.JsonObject })))];

        foreach (ReferencePrompt prompt in prompts)
        {
            Generation free = await engine.CompleteAsync(Request(prompt, constraint: null));
            Assert.Equal(prompt.GreedyContinuationIds, free.Tokens);
        }

        Assert.All(await Task.WhenAll(constrained), generation => Assert.StartsWith("{", generation.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task GenerateAsync_choice_ends_without_an_end_of_sequence_token()
    {
        ReferencePrompt prompt = (await GoldenFile.ReadDemoAsync())[0];
        await using IEngine engine = await models.StartDemoAsync(new EngineOptions { Slots = 1, SlotTokens = 256 });

        Generation got = await engine.CompleteAsync(Request(prompt, new OutputConstraint { Kind = ConstraintKind.Choice, Choices = ["yes", "no"] }));

        Assert.Contains(got.Text, (string[])["yes", "no"]);
        Assert.Equal(FinishReason.Stop, got.FinishReason);
        Assert.DoesNotContain(got.Tokens[^1], engine.Manifest.EndOfSequenceTokens);
    }

    [Fact]
    public async Task GenerateAsync_min_tokens_a_complete_output_ends_early_all_the_same()
    {
        ReferencePrompt prompt = (await GoldenFile.ReadDemoAsync())[0];
        await using IEngine engine = await models.StartDemoAsync(new EngineOptions { Slots = 1, SlotTokens = 256 });
        EngineRequest request = Request(prompt, new OutputConstraint { Kind = ConstraintKind.Regex, Text = "[0-9]{2,4}" });

        Generation got = await engine.CompleteAsync(request with { Sampling = request.Sampling with { MinTokens = 50, MaxTokens = 60 } });

        Assert.Matches("^[0-9]{4}$", got.Text);
        Assert.Equal(FinishReason.Stop, got.FinishReason);
    }

    [Theory]
    [InlineData(ConstraintKind.JsonSchema, """{"type":"object","properties":{"a":{"not":{}}}}""", "response_format", "'not' is not supported (at #/properties/a)")]
    [InlineData(ConstraintKind.Regex, "a(?=b)", "regex", "look-ahead")]
    [InlineData(ConstraintKind.Choice, "", "choice", "1 to")]
    public async Task GenerateAsync_unusable_constraint_is_refused_by_name(ConstraintKind kind, string text, string parameter, string problem)
    {
        ReferencePrompt prompt = (await GoldenFile.ReadDemoAsync())[0];
        await using IEngine engine = await models.StartDemoAsync(new EngineOptions { Slots = 1, SlotTokens = 256 });

        GranaryException refusal = await Assert.ThrowsAsync<GranaryException>(() => engine.CompleteAsync(Request(prompt, new OutputConstraint { Kind = kind, Text = text })));

        Assert.Equal(ErrorCode.InvalidRequest, refusal.Code);
        Assert.Equal(parameter, refusal.Parameter);
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
    }

    private static EngineRequest Request(ReferencePrompt prompt, OutputConstraint? constraint) => new()
    {
        RequestId = "constrained",
        Prompt = prompt.TokenIds,
        Sampling = new SamplingParameters { Temperature = 0, MaxTokens = prompt.GreedyContinuationIds.Length, Constraint = constraint },
    };
}
