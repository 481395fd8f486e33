using System.Text.Json.Nodes;
using Granary.Errors;
using Granary.Models.Catalog;
using Granary.Models.Tests.TinyModels;

namespace Granary.Models.Tests.Catalog;

public sealed class ModelCatalogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-catalog-");
    private readonly TinyModel _tiny = new TinyModel().Save();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ModelCatalog Catalog => new(_folder.FullName);

    [Fact]
    public async Task Import_thenListAndOpen_giveTheManifest()
    {
        var manifest = await ImportAsync();
        Assert.Equal("tiny", manifest.Name);
        Assert.Equal("fp32", manifest.Weights);
        Assert.Equal([2], manifest.EndOfSequenceTokens);
        Assert.Equal(_tiny.Tensors.Values.Sum(tensor => (long)tensor.Values.Length), manifest.ParameterCount);
        Assert.Equal(64, manifest.Fingerprint.Length);
        Assert.Equal(["tiny"], Catalog.List().Select(model => model.Name));
        using var model = Catalog.Open("tiny");
        Assert.Equal(manifest.Fingerprint, model.Manifest.Fingerprint);
        Assert.Equal(manifest.FileBytes, model.Manifest.FileBytes);
        Assert.Equal(["config.json", "granary.json", "model.onnx", "model.onnx.data", "tensors.txt"], FilesOf("tiny"));
    }

    [Fact]
    public async Task Import_ofOtherWeights_hasAnotherFingerprint()
    {
        var first = await ImportAsync("first");
        var again = await ImportAsync("again");
        _tiny.Tensors["model.norm.weight"].Values[3] += 1;
        _tiny.Save();
        var changed = await ImportAsync("changed");
        Assert.Equal(first.Fingerprint, again.Fingerprint);
        Assert.NotEqual(first.Fingerprint, changed.Fingerprint);
    }

    [Fact]
    public async Task Import_ofShards_givesTheSameWeights()
    {
        await ImportAsync("single");
        File.Delete(_tiny.WeightsPath);
        _tiny.SaveSharded();
        await ImportAsync("sharded");
        Assert.Equal(await ReadDataAsync("single"), await ReadDataAsync("sharded"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("../up")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a..b")]
    [InlineData("ends.")]
    [InlineData("white space")]
    [InlineData("new\nline")]
    [InlineData("ünïcode")]
    public async Task Import_underABadName_isRefused(string name)
    {
        var error = await Assert.ThrowsAsync<GranaryException>(() => ImportAsync(name));
        Assert.Equal(ErrorCode.InvalidRequest, error.Code);
        Assert.Throws<GranaryException>(() => Catalog.Open(name));
        Assert.Throws<GranaryException>(() => Catalog.Remove(name));
    }

    [Fact]
    public async Task Import_ofANameThatIsTaken_isRefusedUnlessItReplaces()
    {
        var first = await ImportAsync();
        _tiny.Tensors["model.norm.weight"].Values[3] += 1;
        _tiny.Save();
        var error = await Assert.ThrowsAsync<GranaryException>(() => ImportAsync());
        Assert.Contains("already", error.Message, StringComparison.Ordinal);
        var second = await ImportAsync(replace: true);
        Assert.NotEqual(first.Fingerprint, second.Fingerprint);
        Assert.Equal(second.Fingerprint, Catalog.Open("tiny").Manifest.Fingerprint);
        AssertNothingHalf("tiny");
    }

    [Fact]
    public async Task Import_twoOfOneNameAtOnce_oneWinsAndTheOtherIsTold()
    {
        var writing = new TaskCompletionSource();
        using var goOn = new ManualResetEventSlim();
        var first = Catalog.ImportAsync(Request(), new Reporter(progress =>
        {
            if (progress.Stage == ImportStage.Writing)
            {
                writing.TrySetResult();
                goOn.Wait(Cancellation);
            }
        }), Cancellation);
        await writing.Task.WaitAsync(Cancellation);
        try
        {
            var error = await Assert.ThrowsAsync<GranaryException>(() => ImportAsync(replace: true));
            Assert.Contains("somebody else", error.Message, StringComparison.Ordinal);
            Assert.Throws<GranaryException>(() => Catalog.Remove("tiny"));
        }
        finally
        {
            goOn.Set();
        }

        await first;
        Assert.Single(Catalog.List());
        AssertNothingHalf("tiny");
    }

    [Theory]
    [InlineData(ImportStage.Checking)]
    [InlineData(ImportStage.Fingerprinting)]
    [InlineData(ImportStage.Writing)]
    [InlineData(ImportStage.Finishing)]
    public async Task Import_cancelledInAnyStage_leavesNothing(ImportStage stage)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var reporter = new Reporter(progress =>
        {
            if (progress.Stage == stage)
            {
                cancellation.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Catalog.ImportAsync(Request(), reporter, cancellation.Token));
        AssertNothingHalf();
        await ImportAsync();
    }

    [Fact]
    public async Task Import_cancelledWhileReplacing_keepsTheOldModel()
    {
        var old = await ImportAsync();
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        _tiny.Tensors["model.norm.weight"].Values[3] += 1;
        _tiny.Save();
        var reporter = new Reporter(progress =>
        {
            if (progress.Stage == ImportStage.Finishing)
            {
                cancellation.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Catalog.ImportAsync(Request(replace: true), reporter, cancellation.Token));
        Assert.Equal(old.Fingerprint, Catalog.Open("tiny").Manifest.Fingerprint);
    }

    [Fact]
    public async Task Catalog_afterAKilledImport_sweepsItsFolder()
    {
        await ImportAsync();
        Directory.CreateDirectory(Path.Combine(_folder.FullName, ".dead.import"));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, ".dead.import", "model.onnx.data"), "half", Cancellation);
        Directory.CreateDirectory(Path.Combine(_folder.FullName, ".gone.removed"));
        Assert.Equal(["tiny"], Catalog.List().Select(model => model.Name));
        AssertNothingHalf("tiny");
    }

    [Fact]
    public async Task Catalog_afterAKillBetweenTheRenamesOfAReplacement_hasTheOldModel()
    {
        var manifest = await ImportAsync();
        Directory.Move(Path.Combine(_folder.FullName, "tiny"), Path.Combine(_folder.FullName, ".tiny.old"));
        Assert.Equal(manifest.Fingerprint, Catalog.Open("tiny").Manifest.Fingerprint);
        AssertNothingHalf("tiny");
    }

    [Fact]
    public async Task Catalog_openedDuringAnImport_leavesItsFolderAlone()
    {
        var opened = 0;
        await Catalog.ImportAsync(Request(), new Reporter(progress => opened += Catalog.List().Count + 1), Cancellation);
        Assert.True(opened >= 3);
        Assert.Single(Catalog.List());
    }

    [Fact]
    public async Task Progress_ofAnImport_endsAtItsTotal()
    {
        var reports = new List<ImportProgress>();
        await Catalog.ImportAsync(Request(), new Reporter(reports.Add), Cancellation);
        Assert.Equal(
            [ImportStage.Checking, ImportStage.Fingerprinting, ImportStage.Writing, ImportStage.Finishing],
            reports.Select(report => report.Stage).Distinct());
        Assert.True(reports[^1].BytesTotal > 0);
        Assert.Equal(reports[^1].BytesTotal, reports[^1].BytesDone);
        Assert.True(reports[^1].BytesPerSecond > 0);
    }

    [Fact]
    public async Task Remove_thenOpen_saysThereIsNone()
    {
        await ImportAsync();
        Catalog.Remove("tiny");
        Assert.Empty(Catalog.List());
        Assert.Equal(ErrorCode.ModelNotFound, Assert.Throws<GranaryException>(() => Catalog.Open("tiny")).Code);
        Assert.Equal(ErrorCode.ModelNotFound, Assert.Throws<GranaryException>(() => Catalog.Remove("tiny")).Code);
        AssertNothingHalf();
    }

    [Fact]
    public async Task Open_ofAModelWithATornFile_namesTheFile()
    {
        await ImportAsync();
        var path = Path.Combine(_folder.FullName, "tiny", "model.onnx.data");
        await using (var file = File.OpenWrite(path))
        {
            file.SetLength(file.Length - 1);
        }

        Assert.Equal(path, Assert.Throws<ModelFormatException>(() => Catalog.Open("tiny")).File);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"format\":2}")]
    public async Task Open_ofADamagedManifest_namesTheFile(string manifest)
    {
        await ImportAsync();
        var path = Path.Combine(_folder.FullName, "tiny", "granary.json");
        await File.WriteAllTextAsync(path, manifest, Cancellation);
        Assert.Equal(path, Assert.Throws<ModelFormatException>(() => Catalog.Open("tiny")).File);
        Assert.Empty(Catalog.List());
    }

    [Fact]
    public async Task Open_ofAManifestOfAnotherFormat_saysSo()
    {
        await ImportAsync();
        var path = Path.Combine(_folder.FullName, "tiny", "granary.json");
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(path, Cancellation))!;
        manifest["format"] = 1;
        await File.WriteAllTextAsync(path, manifest.ToJsonString(), Cancellation);
        Assert.Contains("format 1", Assert.Throws<ModelFormatException>(() => Catalog.Open("tiny")).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _tiny.Dispose();
        _folder.Delete(recursive: true);
    }

    private Task<ModelManifest> ImportAsync(string? name = null, bool replace = false) => Catalog.ImportAsync(Request(name, replace), progress: null, Cancellation);

    private ImportRequest Request(string? name = null, bool replace = false) => new() { Source = _tiny.Folder, Name = name, Replace = replace };

    private IEnumerable<string> FilesOf(string name) =>
        Directory.GetFiles(Path.Combine(_folder.FullName, name)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private Task<byte[]> ReadDataAsync(string name) => File.ReadAllBytesAsync(Path.Combine(_folder.FullName, name, "model.onnx.data"), Cancellation);

    private void AssertNothingHalf(params string[] models) => Assert.Equal(models, Directory.GetDirectories(_folder.FullName).Select(Path.GetFileName));

    private sealed class Reporter(Action<ImportProgress> report) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => report(value);
    }
}
