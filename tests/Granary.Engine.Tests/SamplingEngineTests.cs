using Granary.Engine.Tests.Toy;
using Granary.Errors;
using Granary.Models;

namespace Granary.Engine.Tests;

/// <summary>Sampling parameters through the whole engine, over <see cref="ToyRunner"/>.</summary>
public sealed class SamplingEngineTests
{
    [Fact]
    public async Task GenerateAsync_device_selected_logits_give_the_same_tokens_and_spare_the_rows()
    {
        SamplingParameters[] samplings =
        [
            new() { Temperature = 0 },
            new() { Temperature = 1, TopK = 5, Seed = 3 },
            new() { Temperature = 1.4f, TopK = 30, TopP = 0.8f, MinP = 0.1f, Seed = 4 },
            new() { Temperature = 1, TopP = 0.9f, Seed = 5 },
            new() { Temperature = 1, TopK = 31, Seed = 6 },
            new() { Temperature = 0, PresencePenalty = 1 },
        ];
        await using ToyEngine rows = await ToyEngine.StartAsync();
        await using ToyEngine best = await ToyEngine.StartAsync(configure: runner => runner.TopLogits = 30);
        for (int i = 0; i < samplings.Length; i++)
        {
            int before = best.Runner.Rows;
            int[] expected = (await rows.Engine.CompleteAsync(ToyEngine.Request([1, 2], 20, samplings[i]))).Tokens;
            Assert.Equal(expected, (await best.Engine.CompleteAsync(ToyEngine.Request([1, 2], 20, samplings[i]))).Tokens);
            Assert.Equal(i < 3 ? 0 : 20, best.Runner.Rows - before);
        }
    }

    [Fact]
    public async Task GenerateAsync_min_tokens_keeps_end_of_sequence_away()
    {
        int[] prompt = [4, 2];
        await using ToyEngine free = await ToyEngine.StartAsync();
        int[] tokens = (await free.Engine.CompleteAsync(ToyEngine.Request(prompt))).Tokens;
        ModelManifest manifest = ToyEngine.Manifest with { EndOfSequenceTokens = [tokens[5]] };
        await using ToyEngine toy = await ToyEngine.StartAsync(manifest: manifest);

        Assert.Equal(6, (await toy.Engine.CompleteAsync(ToyEngine.Request(prompt))).Tokens.Length);
        Generation longer = await toy.Engine.CompleteAsync(ToyEngine.Request(prompt, 16, new SamplingParameters { MinTokens = 16 }));
        Assert.Equal((16, FinishReason.Length), (longer.Tokens.Length, longer.FinishReason));
        Assert.DoesNotContain(tokens[5], longer.Tokens);
        Assert.Equal(tokens[..5], longer.Tokens[..5]);

        // Where it is the best choice once it may come, it comes at once.
        Generation exact = await toy.Engine.CompleteAsync(ToyEngine.Request(prompt, 16, new SamplingParameters { MinTokens = 8, LogitBias = [new(tokens[5], 100)] }));
        Assert.Equal((9, FinishReason.Stop), (exact.Tokens.Length, exact.FinishReason));
    }

    [Fact]
    public async Task GenerateAsync_min_tokens_keeps_stop_strings_away()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync();
        Generation whole = await toy.Engine.CompleteAsync(ToyEngine.Request([7, 7]));
        for (int minTokens = 0; minTokens <= 16; minTokens++)
        {
            Generation stopped = await toy.Engine.CompleteAsync(ToyEngine.Request([7, 7], 16, new SamplingParameters { Stop = [whole.Text[5..7]], MinTokens = minTokens }));

            // A character a token: the stop string is found when it begins at the last of the least tokens or later.
            bool isFound = minTokens <= 6;
            Assert.Equal(isFound ? whole.Text[..5] : whole.Text, stopped.Text);
            Assert.Equal(isFound ? (7, FinishReason.Stop) : (16, FinishReason.Length), (stopped.Tokens.Length, stopped.FinishReason));
        }
    }

    [Fact]
    public async Task GenerateAsync_log_probs_one_a_token_but_for_the_end()
    {
        await using ToyEngine free = await ToyEngine.StartAsync();
        int[] tokens = (await free.Engine.CompleteAsync(ToyEngine.Request([4, 2]))).Tokens;
        await using ToyEngine toy = await ToyEngine.StartAsync(manifest: ToyEngine.Manifest with { EndOfSequenceTokens = [tokens[5]] });
        List<int> output = [];
        List<TokenLogProbs> logProbs = [];
        await foreach (EngineOutput part in toy.Engine.GenerateAsync(ToyEngine.Request([4, 2], sampling: new SamplingParameters { TopLogProbs = 3 })))
        {
            output.AddRange(part.Tokens);
            logProbs.AddRange(part.LogProbs!);
        }

        Assert.Equal(tokens[..6], output);
        Assert.Equal(tokens[..5], logProbs.Select(place => place.Chosen.Token));
        Assert.All(logProbs, place =>
        {
            Assert.Equal(3, place.Top.Length);
            Assert.Equal(place.Chosen, place.Top[0] with { Bytes = place.Chosen.Bytes }); // greedy
            Assert.True(place.Top[0].LogProb < 0 && place.Top[0].LogProb >= place.Top[1].LogProb && place.Top[1].LogProb >= place.Top[2].LogProb);
            Assert.Equal(ToyTokenizer.TextOf([place.Chosen.Token]), place.Chosen.Text);
            Assert.Equal(place.Chosen.Text, System.Text.Encoding.UTF8.GetString(place.Chosen.Bytes));
        });
    }

    [Fact]
    public async Task GenerateAsync_log_probs_do_not_change_the_tokens()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync();
        var sampling = new SamplingParameters { Temperature = 1, TopK = 20, Seed = 12, RepetitionPenalty = 1.3f };
        int[] without = (await toy.Engine.CompleteAsync(ToyEngine.Request([4, 2], 30, sampling))).Tokens;
        Assert.Equal(without, (await toy.Engine.CompleteAsync(ToyEngine.Request([4, 2], 30, sampling with { TopLogProbs = 20 }))).Tokens);
    }

    [Fact]
    public async Task GenerateAsync_unknown_token_in_logit_bias_is_refused()
    {
        await using ToyEngine toy = await ToyEngine.StartAsync();
        GranaryException refusal = await Assert.ThrowsAsync<GranaryException>(
            () => toy.Engine.CompleteAsync(ToyEngine.Request([1], sampling: new SamplingParameters { LogitBias = [new(5000, 1)] })));
        Assert.Equal((ErrorCode.InvalidRequest, "logit_bias"), (refusal.Code, refusal.Parameter));
        Assert.Equal(0, toy.Engine.Status.Running + toy.Engine.Status.Waiting);
    }
}
