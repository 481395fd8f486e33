using Granary.Models.Catalog;
using Granary.Models.Sizes;

namespace Granary.Models.Tests.Sizes;

public sealed class ModelSizesReaderTests(GoldenModels models) : IClassFixture<GoldenModels>
{
    [Theory]
    [InlineData("llama", WeightKind.Fp32, 0)]
    [InlineData("qwen3", WeightKind.Fp32, 0)]
    [InlineData("qwen3_moe", WeightKind.Fp32, 8)]
    [InlineData("qwen3_moe", WeightKind.Int8, 8)]
    [InlineData("mixtral", WeightKind.Int4, 8)]
    public async Task Read_goldenModels_addsUpToTheirFiles(string name, WeightKind weights, int experts)
    {
        using var model = await models.ImportAsync(name, TestContext.Current.CancellationToken, weights);

        var sizes = ModelSizesReader.Read(model.Manifest, model.Folder);

        // The file has the rotary tables besides.
        var tables = 2L * model.Manifest.MaxPositions * model.Manifest.HeadDim / 2 * sizeof(float);
        var file = model.Manifest.FileBytes["model.onnx.data"] - tables;
        Assert.InRange((double)sizes.TotalBytes / file, 0.93, 1.07);
        Assert.Equal(experts, sizes.Experts);
        Assert.Equal(experts > 0, sizes.ExpertBytes.All(bytes => bytes > 0));
        Assert.Equal(model.Manifest.LayerCount, sizes.Layers);
        Assert.True(sizes.CanBeCut);
    }
}
