using Granary.Completions;
using Granary.Grains.Tests.Fixtures;
using Granary.Models;
using Granary.Serving;
using Granary.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Grains.Tests.Completions;

/// <summary>A prompt's log-probabilities come once, whatever becomes of the silo: they are in the log with the first token, or are computed again.</summary>
public sealed class ScoredCompletionTests
{
    private const string Prompt = "Hi you";

    [Theory]
    [InlineData(4, 0)]
    [InlineData(4, 2)]
    [InlineData(0, 0)]
    public async Task Silo_killed_before_or_after_the_first_token_leaves_them_once(int maxTokens, int seen)
    {
        await using var cluster = await GranaryCluster.StartAsync(silos: 2);
        var id = $"scored-{maxTokens}-{seen}";
        var generation = cluster.Script.For(id);
        generation.Steps = new SemaphoreSlim(seen);
        var completion = cluster.Client.GetGrain<ICompletionGrain>(id);
        var start = completion.StartAsync(GranaryCluster.Model, new GenerateRequest
        {
            RequestId = id,
            Prompts = [new RawPrompt(Prompt)],
            EchoesPrompt = true,
            ScoresPrompt = true,
            Sampling = new SamplingParameters { TopLogProbs = 0, MaxTokens = maxTokens },
        });
        await generation.Prompt.Task.WaitAsync(TurnReading.Patience);
        await ReadUntilAsync(completion, seen);
        if (seen > 0)
        {
            await start;
        }

        var dead = cluster.Inner.Silos.Single(silo => silo.ServiceProvider.GetRequiredService<LocalTurns>().Count == 1);

        await cluster.Inner.KillSiloAsync(dead);
        generation.Steps.Release(10);
        _ = Record.ExceptionAsync(() => start); // whoever waits for it waits in vain; it goes on

        var survivor = cluster.Inner.Silos.First(silo => silo != dead).ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<ICompletionGrain>(id);
        var frames = await FollowAsync(survivor);
        Assert.Equal(Prompt + string.Concat(Enumerable.Range(0, maxTokens).Select(i => $"w{i} ")), string.Concat(frames.Select(frame => frame.Text)));
        Assert.Equal(maxTokens == 0 ? FinishReason.Length : FinishReason.Stop, frames[^1].FinishReason);
        var scores = Assert.Single(frames, frame => frame.PromptLogProbs is not null);
        Assert.Equal(0, scores.FirstIndex);
        Assert.StartsWith(Prompt, scores.Text, StringComparison.Ordinal);
        Assert.Equal(Prompt, string.Concat(scores.PromptLogProbs!.Select(place => place.Chosen.Text)));
        Assert.Equal(Enumerable.Range(0, Prompt.Length).Select(i => (float)-i), scores.PromptLogProbs!.Select(place => place.Chosen.LogProb));
    }

    private static async Task ReadUntilAsync(ICompletionGrain completion, int tokens)
    {
        using var limit = new CancellationTokenSource(TurnReading.Patience);
        var seen = 0;
        if (tokens == 0)
        {
            return;
        }

        await foreach (var item in completion.ReadAsync(0, limit.Token))
        {
            seen += item.Frame?.Tokens.Length ?? 0;
            if (seen == tokens)
            {
                return;
            }
        }
    }

    private static async Task<List<TokenFrame>> FollowAsync(ICompletionGrain completion)
    {
        using var limit = new CancellationTokenSource(TurnReading.Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                var frames = new List<TokenFrame>();
                await foreach (var item in completion.ReadAsync(0, limit.Token))
                {
                    frames.AddRange(item.Frame is { } frame ? [frame] : []);
                }

                return frames;
            }
            catch (Exception exception) when (GrainErrors.IsUnavailable(exception))
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
    }
}
