using System.Text.Json;
using Granary.Engine.Evaluation;
using Granary.Engine.Tests.Golden;
using Granary.Models.Catalog;

namespace Granary.Engine.Tests.Evaluation;

/// <summary>The demo model's loss on its reference sample is what transformers computed, chunk borders notwithstanding.</summary>
public sealed class TextLossTests(ImportedModels models)
{
    [Fact]
    public async Task Measure_reference_window_gives_transformers_loss()
    {
        using var reference = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(ImportedModels.DemoSource, "reference.json"), TestContext.Current.CancellationToken));
        JsonElement sample = reference.RootElement.GetProperty("perplexity_sample");
        int[] window = [.. sample.GetProperty("windows")[0].EnumerateArray().Select(token => token.GetInt32())];
        ImportedModel model = await models.OpenAsync(ImportedModels.DemoSource);
        using var loss = TextLoss.Load(model.Manifest, model.Folder, window.Length);

        Assert.Equal(sample.GetProperty("window_mean_nll")[0].GetDouble(), loss.Measure(window).Average(), 1e-4);
        Assert.Throws<ArgumentException>(() => loss.Measure([1]));
        Assert.Throws<ArgumentException>(() => loss.Measure([.. window, 1]));
    }
}
