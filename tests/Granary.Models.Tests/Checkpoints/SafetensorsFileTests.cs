using System.Text.Json.Nodes;
using Granary.Models.Checkpoints;
using Granary.Models.Tests.TinyModels;

namespace Granary.Models.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void Open_headerOfAbsurdLength_isRefused()
    {
        SafetensorsWriter.Write(_path, "{}", [], headerLength: 1UL << 60);
        AssertRefused("header says");
        SafetensorsWriter.Write(_path, "{}", [], headerLength: ulong.MaxValue);
        AssertRefused("header says");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Open_fileShorterThanItsPrefix_isRefused(int bytes)
    {
        File.WriteAllBytes(_path, new byte[bytes]);
        AssertRefused("no safetensors file");
    }

    [Fact]
    public void Open_fileThatEndsInsideItsHeader_isRefusedAsTorn()
    {
        SafetensorsWriter.Write(_path, "{}", [], headerLength: 3);
        AssertRefused("torn");
    }

    [Fact]
    public void Open_fileThatEndsInsideATensor_isRefusedAsTorn()
    {
        WriteEntries(bytes: 15, ("a", "F32", [2], 0, 8), ("b", "F32", [2], 8, 16));
        AssertRefused("torn", tensor: "b");
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[NaN],"data_offsets":[0,4]}}""")]
    public void Open_headerThatIsNoObjectWithUniqueKeys_isRefused(string header)
    {
        SafetensorsWriter.Write(_path, header, new byte[4]);
        AssertRefused("JSON");
    }

    [Theory]
    [InlineData("""{"dtype":"F32","shape":[1]}""")]
    [InlineData("""{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}""")]
    [InlineData("""{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}""")]
    [InlineData("""{"dtype":"F32","shape":1,"data_offsets":[0,4]}""")]
    [InlineData("""{"dtype":7,"shape":[1],"data_offsets":[0,4]}""")]
    [InlineData("""{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}""")]
    [InlineData("""{"dtype":"F32","shape":[1],"data_offsets":[4,0]}""")]
    [InlineData("""{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}""")]
    [InlineData("""{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,4]}""")]
    [InlineData("""{"dtype":"F32","shape":[2],"data_offsets":[0,4]}""")]
    [InlineData("""{"dtype":"F33","shape":[1],"data_offsets":[0,4]}""")]
    [InlineData("""{"dtype":"0","shape":[1],"data_offsets":[0,4]}""")]
    [InlineData("""{"dtype":"F32,F16","shape":[1],"data_offsets":[0,4]}""")]
    [InlineData("null")]
    public void Open_entryThatMakesNoSense_isRefusedByName(string entry)
    {
        SafetensorsWriter.Write(_path, $$"""{"the.tensor":{{entry}}}""", new byte[4]);
        AssertRefused("", tensor: "the.tensor");
    }

    [Fact]
    public void Open_tensorsThatOverlap_areRefused()
    {
        WriteEntries(bytes: 12, ("a", "F32", [2], 0, 8), ("b", "F32", [2], 4, 12));
        AssertRefused("overlaps", tensor: "b");
    }

    [Fact]
    public void Open_gapBetweenTensors_isRefused()
    {
        WriteEntries(bytes: 12, ("a", "F32", [1], 0, 4), ("b", "F32", [1], 8, 12));
        AssertRefused("gap", tensor: "b");
    }

    [Fact]
    public void Open_bytesAfterTheLastTensor_areRefused()
    {
        WriteEntries(bytes: 9, ("a", "F32", [2], 0, 8));
        AssertRefused("1 bytes follow");
    }

    [Fact]
    public void Open_wellFormedFile_findsItsTensors()
    {
        WriteEntries(bytes: 13, ("b", "BF16", [2, 2], 0, 8), ("scalar", "F32", [], 8, 12), ("empty", "F32", [0, 5], 12, 12), ("c", "U8", [1], 12, 13));
        using var file = SafetensorsFile.Open(_path);
        Assert.Equal(4, file.Tensors.Count);
        Assert.Equal([2, 2], file.Tensors["b"].Shape);
        Assert.Equal(TensorType.BF16, file.Tensors["b"].Type);
    }

    public void Dispose() => File.Delete(_path);

    private void WriteEntries(int bytes, params (string Name, string Type, long[] Shape, long Begin, long End)[] entries)
    {
        var header = new JsonObject();
        foreach (var (name, type, shape, begin, end) in entries)
        {
            header[name] = SafetensorsWriter.Entry(type, shape, begin, end);
        }

        SafetensorsWriter.Write(_path, header.ToJsonString(), new byte[bytes]);
    }

    private void AssertRefused(string message, string? tensor = null)
    {
        var error = Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(_path));
        Assert.Equal(_path, error.File);
        Assert.Equal(tensor, error.Tensor);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(_path, error.Message, StringComparison.Ordinal);
    }
}
