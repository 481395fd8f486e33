using System.Text.Json;
using Granary.Models.Catalog;

namespace Granary.Models.Tests.Graphs;

/// <summary>The demo model's graph gives the numbers of reference.json, which transformers computed in float32 from the bf16 weights.</summary>
public sealed class DemoModelTests(GoldenModels models) : IClassFixture<GoldenModels>, IAsyncLifetime
{
    private static readonly JsonSerializerOptions Snake = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private ImportedModel _model = null!;
    private Reference _reference = null!;

    public async ValueTask InitializeAsync()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        if (models.Catalog.List().Count == 0)
        {
            await models.Catalog.ImportAsync(new ImportRequest { Source = GoldenModels.DemoSource }, progress: null, cancellationToken);
        }

        _model = models.Catalog.Open("granary-chat");
        await using var file = File.OpenRead(Path.Combine(GoldenModels.DemoSource, "reference.json"));
        _reference = (await JsonSerializer.DeserializeAsync<Reference>(file, Snake, cancellationToken))!;
    }

    public ValueTask DisposeAsync()
    {
        _model.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Manifest_ofDemoModel_saysWhatItsReadmeSays()
    {
        Assert.Equal(42_499_456, _model.Manifest.ParameterCount);
        Assert.Equal([2, 0], _model.Manifest.EndOfSequenceTokens);
        Assert.Equal(2048, _model.Manifest.MaxPositions);
        Assert.Equal(new SamplingParameters { Temperature = 0.5f, TopP = 0.9f, TopK = 40, MaxTokens = 256 }, _model.Manifest.Defaults);
    }

    [Fact]
    public void Graph_promptsOfReference_givesItsLogitsAndReplies()
    {
        using var model = new OrtModel(_model, slots: 1, slotLength: 1024);
        foreach (var prompt in _reference.Prompts)
        {
            var logits = model.Run([prompt.TokenIds], [0])[0];
            GoldenGraphTests.AssertClose(prompt.LastLogits, logits);
            Assert.Equal(prompt.GreedyContinuationIds, model.Greedy(logits, prompt.TokenIds.Length, prompt.GreedyContinuationIds.Length));
        }
    }

    [Fact]
    public void Graph_windowsOfText_givesTheirPerplexity()
    {
        using var model = new OrtModel(_model, slots: 1, slotLength: 1024);
        var sample = _reference.PerplexitySample;
        foreach (var (window, expected) in sample.Windows.Zip(sample.WindowMeanNll))
        {
            var logits = model.Run([window], [0], rows: [.. Enumerable.Range(0, window.Length - 1).Select(row => (long)row)]);
            var loss = logits.Select((row, position) => NegativeLogLikelihood(row, (int)window[position + 1])).Average();
            Assert.Equal(expected, loss, 1e-4);
        }
    }

    private static double NegativeLogLikelihood(float[] logits, int token)
    {
        var largest = logits.Max();
        return Math.Log(logits.Sum(logit => Math.Exp(logit - largest))) - (logits[token] - largest);
    }

    public sealed record Reference(Prompt[] Prompts, Sample PerplexitySample);

    public sealed record Prompt(long[] TokenIds, float[] LastLogits, int[] GreedyContinuationIds);

    public sealed record Sample(long[][] Windows, double[] WindowMeanNll);
}
