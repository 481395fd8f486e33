using System.Text.Json.Nodes;
using Granary.Models.Catalog;
using Granary.Models.Tests.TinyModels;

namespace Granary.Models.Tests.Catalog;

/// <summary>Weights that do not belong to their config.json are refused before anything is written, by tensor.</summary>
public sealed class ModelImportTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-catalog-");
    private readonly TinyModel _tiny = new();

    [Theory]
    [InlineData("model.embed_tokens.weight")]
    [InlineData("model.norm.weight")]
    [InlineData("lm_head.weight")]
    [InlineData("model.layers.1.self_attn.k_proj.weight")]
    [InlineData("model.layers.0.mlp.down_proj.weight")]
    public async Task Import_missingTensor_isNamed(string tensor)
    {
        _tiny.Tensors.Remove(tensor);
        await AssertRefusedAsync(tensor, "missing");
    }

    [Theory]
    [InlineData("model.embed_tokens.weight")]
    [InlineData("model.layers.1.self_attn.q_proj.weight")]
    [InlineData("model.layers.1.input_layernorm.weight")]
    public async Task Import_tensorOfAnotherShape_isNamed(string tensor)
    {
        var right = _tiny.Tensors[tensor];
        _tiny.Tensors[tensor] = right with { Shape = [.. right.Shape, 1] };
        await AssertRefusedAsync(tensor, "shape");
    }

    [Theory]
    [InlineData("I64")]
    [InlineData("F64")]
    [InlineData("F8_E4M3")]
    public async Task Import_tensorOfATypeThatIsNoWeight_isNamed(string type)
    {
        const string tensor = "model.layers.0.mlp.up_proj.weight";
        _tiny.Tensors[tensor] = _tiny.Tensors[tensor] with { Type = type };
        await AssertRefusedAsync(tensor, type);
    }

    [Theory]
    [InlineData("model.layers.0.self_attn.q_proj.bias")]
    [InlineData("model.layers.2.mlp.up_proj.weight")]
    public async Task Import_tensorThatTheArchitectureDoesNotHave_isNamed(string tensor)
    {
        _tiny.Tensors[tensor] = new TinyTensor("F32", [1], [1]);
        await AssertRefusedAsync(tensor, "not part of");
    }

    [Fact]
    public async Task Import_bufferOfOldCheckpoints_isLeftOut()
    {
        _tiny.Tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = new TinyTensor("F32", [8], new float[8]);
        _tiny.Save();
        await ImportAsync();
    }

    [Fact]
    public async Task Import_folderThatIsNotThere_isNamed()
    {
        var error = await Assert.ThrowsAsync<ModelFormatException>(ImportAsync("/nowhere/at/all"));
        Assert.Equal("/nowhere/at/all", error.File);
    }

    [Fact]
    public async Task Import_endOfSequenceOutsideTheVocabulary_isRefused()
    {
        _tiny.Save();
        await File.WriteAllTextAsync(Path.Combine(_tiny.Folder, "generation_config.json"), """{"eos_token_id":[2,64]}""", TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<ModelFormatException>(() => ImportAsync());
        Assert.Contains("eos_token_id", error.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.GetDirectories());
    }

    [Fact]
    public async Task Import_damagedTokenizer_isRefusedBeforeAnythingIsWritten()
    {
        _tiny.Save();
        await File.WriteAllTextAsync(Path.Combine(_tiny.Folder, "tokenizer.json"), "{", TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAnyAsync<Exception>(() => ImportAsync());
        Assert.Contains("tokenizer.json", error.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.GetDirectories());
    }

    public void Dispose()
    {
        _tiny.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task AssertRefusedAsync(string tensor, string message)
    {
        _tiny.Save();
        var error = await Assert.ThrowsAsync<ModelFormatException>(() => ImportAsync());
        Assert.Equal(tensor, error.Tensor);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(_tiny.WeightsPath, error.File);
        Assert.Empty(_folder.GetDirectories());
    }

    private Task<ModelManifest> ImportAsync() => new ModelCatalog(_folder.FullName).ImportAsync(new ImportRequest { Source = _tiny.Folder }, cancellationToken: TestContext.Current.CancellationToken);

    private Func<Task> ImportAsync(string source) =>
        () => new ModelCatalog(_folder.FullName).ImportAsync(new ImportRequest { Source = source }, cancellationToken: TestContext.Current.CancellationToken);
}
