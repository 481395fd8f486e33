using Granary.Engine;
using Granary.Engine.Execution;
using Granary.Engine.Stages;
using Granary.Models.Catalog;
using Granary.Shards;

namespace Granary.Benchmarks.Shards;

/// <summary>What rounding hidden states on their way between stages does to a model's perplexity.</summary>
internal sealed class WireLoss(ImportedModel model)
{
    private const int Stages = 4;

    /// <summary>The perplexity of texts, computed in four stages token by token.</summary>
    public async Task<double> PerplexityAsync(IReadOnlyList<int[]> texts, HiddenFormat format)
    {
        var graphs = ModelSegments.Open(model);
        var options = new EngineOptions { Slots = 1, SlotTokens = texts.Max(text => text.Length) };
        var layout = PipelinePlanner.Plan(model.Manifest, PipelinePlanner.Cut(graphs, Stages), options, lanes: 1, format);
        await using var stages = await LocalStages.LoadAsync(graphs, layout, options);
        using var head = await HeadLayers.LoadAsync(graphs, layout, options, experts: null);
        return await Task.Factory.StartNew(
            () =>
            {
                using var runner = head.CreateRunner(0, stages);
                return Math.Exp(texts.SelectMany(text => Losses(runner, text)).Average());
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static IEnumerable<double> Losses(IModelRunner runner, int[] text)
    {
        for (var past = 0; past < text.Length - 1; past++)
        {
            runner.Prefill(0, [text[past]], past);
            yield return Loss(runner.Logits(0), text[past + 1]);
        }
    }

    private static double Loss(ReadOnlySpan<float> logits, int token)
    {
        var largest = float.NegativeInfinity;
        foreach (var logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }

        return Math.Log(sum) - (logits[token] - largest);
    }
}
