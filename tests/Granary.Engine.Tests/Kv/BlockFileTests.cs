using Granary.Engine.Kv;
using Granary.Engine.Tests.Toy;

namespace Granary.Engine.Tests.Kv;

public sealed class BlockFileTests : IDisposable
{
    private static readonly KvFormat Format = KvFormat.Of(ToyEngine.Manifest, tokenBytes: 5, blockTokens: 7);
    private static readonly BlockHash Hash = BlockHash.Root(Format, "salt").Next([1, 2, 3]);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-kv-");
    private readonly byte[] _block = new byte[35];

    public BlockFileTests() => new Random(1).NextBytes(_block);

    private string Path => System.IO.Path.Combine(_folder.FullName, "block");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Read_gives_what_was_written()
    {
        BlockFile.Write(Path, Format, Hash, _block);
        byte[] read = new byte[35];
        BlockFile.Read(Path, Format, Hash, read);
        Assert.Equal(_block, read);
        Assert.Equal([Path], Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public void Read_any_flipped_bit_is_refused()
    {
        BlockFile.Write(Path, Format, Hash, _block);
        byte[] good = File.ReadAllBytes(Path);
        for (int bit = 0; bit < 8 * good.Length; bit++)
        {
            byte[] bad = [.. good];
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(Path, bad);
            Assert.Throws<InvalidDataException>(() => BlockFile.Read(Path, Format, Hash, new byte[35]));
        }
    }

    [Fact]
    public void Read_any_other_length_is_refused()
    {
        BlockFile.Write(Path, Format, Hash, _block);
        byte[] good = File.ReadAllBytes(Path);
        for (int length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(Path, good[..length]);
            Assert.Throws<InvalidDataException>(() => BlockFile.Read(Path, Format, Hash, new byte[35]));
        }

        File.WriteAllBytes(Path, [.. good, 0]);
        Assert.Throws<InvalidDataException>(() => BlockFile.Read(Path, Format, Hash, new byte[35]));
    }

    [Fact]
    public void Read_block_of_another_prefix_or_model_is_refused()
    {
        BlockFile.Write(Path, Format, Hash, _block);
        KvFormat other = KvFormat.Of(ToyEngine.Manifest with { Fingerprint = "1" }, 5, 7);
        Assert.Throws<InvalidDataException>(() => BlockFile.Read(Path, other, Hash, new byte[35]));
        Assert.Throws<InvalidDataException>(() => BlockFile.Read(Path, Format, Hash.Next([4]), new byte[35]));
    }

    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xE3069283u)] // the check value of CRC-32C's definition
    [InlineData("The quick brown fox jumps over the lazy dog", 0x22620404u)]
    public void Checksum_is_crc32c(string text, uint expected) => Assert.Equal(expected, BlockFile.Checksum(System.Text.Encoding.ASCII.GetBytes(text)));
}
