using System.Text.Json.Nodes;
using Granary.Models.Checkpoints;
using Granary.Models.Tests.TinyModels;

namespace Granary.Models.Tests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly TinyModel _model = new();

    [Theory]
    [InlineData("F32")]
    [InlineData("F16")]
    [InlineData("BF16")]
    public void Read_anyFloatType_givesItsExactValues(string type)
    {
        using var model = new TinyModel(type: type).Save();
        using var checkpoint = Checkpoint.Open(model.Folder);
        foreach (var (name, tensor) in model.Tensors)
        {
            var values = new float[tensor.Values.Length - 1];
            checkpoint.Read(name, 1, values);
            Assert.Equal(tensor.Rounded()[1..], values);
        }
    }

    [Fact]
    public void Open_shardsWithIndex_findsAllTensors()
    {
        using var checkpoint = Checkpoint.Open(_model.SaveSharded().Folder);
        Assert.Equal(_model.Tensors.Keys.Order(StringComparer.Ordinal), checkpoint.TensorNames.Order(StringComparer.Ordinal));
        Assert.Equal(2, checkpoint.Files.Count());
    }

    [Theory]
    [InlineData("../outside.safetensors")]
    [InlineData("/etc/outside.safetensors")]
    [InlineData("sub/inside.safetensors")]
    [InlineData("..\\outside.safetensors")]
    [InlineData("C:outside.safetensors")]
    [InlineData("nul\0.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    public void Open_indexThatNamesAPath_isRefused(string shard)
    {
        _model.SaveSharded();
        SafetensorsWriter.Write(Path.Combine(_model.Folder, "..", "outside.safetensors"), _model.Tensors);
        _model.SaveIndex(new JsonObject { ["model.norm.weight"] = shard });
        var error = Assert.Throws<ModelFormatException>(() => Checkpoint.Open(_model.Folder));
        Assert.EndsWith("model.safetensors.index.json", error.File, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_linkOutOfTheFolder_isRefused()
    {
        _model.Save();
        var outside = Path.Combine(_model.Folder, "..", "outside.safetensors");
        File.Move(_model.WeightsPath, outside);
        File.CreateSymbolicLink(_model.WeightsPath, Path.GetFullPath(outside));
        var error = Assert.Throws<ModelFormatException>(() => Checkpoint.Open(_model.Folder));
        Assert.Contains("link", error.Message, StringComparison.Ordinal);
        Assert.Equal(_model.WeightsPath, error.File);
    }

    [Fact]
    public void Open_snapshotOfTheHuggingFaceCache_followsItsLinksToBlobs()
    {
        _model.Save();
        var cache = Path.Combine(_model.Folder, "..", "models--tiny");
        var snapshot = Path.Combine(cache, "snapshots", "0123");
        Directory.CreateDirectory(snapshot);
        Directory.CreateDirectory(Path.Combine(cache, "blobs"));
        File.Move(_model.WeightsPath, Path.Combine(cache, "blobs", "abcd"));
        File.CreateSymbolicLink(Path.Combine(snapshot, "model.safetensors"), "../../blobs/abcd");
        using var checkpoint = Checkpoint.Open(snapshot);
        Assert.True(checkpoint.Contains("model.norm.weight"));
    }

    [Theory]
    [InlineData("pytorch_model.bin")]
    [InlineData("model.pt")]
    [InlineData("model.pth")]
    [InlineData("last.ckpt")]
    public void Open_pickleOnly_isRefusedAsPickle(string name)
    {
        File.WriteAllBytes(Path.Combine(_model.Folder, name), [0x80, 2]);
        var error = Assert.Throws<ModelFormatException>(() => Checkpoint.Open(_model.Folder));
        Assert.EndsWith(name, error.File, StringComparison.Ordinal);
        Assert.Contains("pickle", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_missingShard_isNamed()
    {
        _model.SaveSharded();
        File.Delete(Path.Combine(_model.Folder, "model-00002-of-00002.safetensors"));
        var error = Assert.Throws<ModelFormatException>(() => Checkpoint.Open(_model.Folder));
        Assert.EndsWith("model-00002-of-00002.safetensors", error.File, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_indexThatPutsATensorElsewhere_isRefused()
    {
        _model.SaveSharded();
        var map = new JsonObject { ["model.norm.weight"] = "model-00002-of-00002.safetensors", ["lm_head.weight"] = "model-00002-of-00002.safetensors" };
        _model.SaveIndex(map);
        var error = Assert.Throws<ModelFormatException>(() => Checkpoint.Open(_model.Folder));
        Assert.NotNull(error.Tensor);
        Assert.Contains("do not belong together", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_tensorInTwoShards_isRefused()
    {
        _model.SaveSharded();
        SafetensorsWriter.Write(Path.Combine(_model.Folder, "model-00002-of-00002.safetensors"), _model.Tensors);
        var error = Assert.Throws<ModelFormatException>(() => Checkpoint.Open(_model.Folder));
        Assert.Contains("is also in", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_fileThatShrankSinceItWasOpened_isAnErrorAndNoCrash()
    {
        _model.Save();
        using var checkpoint = Checkpoint.Open(_model.Folder);
        using (var file = File.Open(_model.WeightsPath, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Write, Share = FileShare.ReadWrite }))
        {
            file.SetLength(file.Length / 2);
        }

        var last = _model.Tensors.Keys.Last();
        Assert.Throws<ModelFormatException>(() => checkpoint.Read(last, 0, new float[_model.Tensors[last].Values.Length]));
    }

    public void Dispose() => _model.Dispose();
}
