using Granary.Engine.Kv;
using Granary.Engine.Tests.Toy;

namespace Granary.Engine.Tests.Kv;

public sealed class BlockChainTests
{
    private static readonly KvFormat Format = KvFormat.Of(ToyEngine.Manifest, tokenBytes: 4, blockTokens: 4);

    [Fact]
    public void Of_grows_with_the_tokens_and_keeps_what_it_had()
    {
        int[] tokens = [.. Enumerable.Range(0, 19)];
        var whole = new BlockChain(BlockHash.Root(Format, "salt"), 4, 19);
        BlockHash[] expected = whole.Of(tokens).ToArray();
        Assert.Equal(4, expected.Length);
        Assert.Equal(4, expected.Distinct().Count());

        var growing = new BlockChain(BlockHash.Root(Format, "salt"), 4, 19);
        for (int length = 0; length <= tokens.Length; length++)
        {
            Assert.Equal(expected[..(length / 4)], growing.Of(tokens.AsSpan(0, length)).ToArray());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(9)]
    public void Of_other_token_changes_its_block_and_all_after_it(int at)
    {
        int[] tokens = [.. Enumerable.Range(0, 16)];
        BlockHash[] one = Chain("salt").Of(tokens).ToArray();
        tokens[at]++;
        BlockHash[] other = Chain("salt").Of(tokens).ToArray();
        Assert.Equal(one[..(at / 4)], other[..(at / 4)]);
        Assert.Empty(one[(at / 4)..].Intersect(other[(at / 4)..]));
    }

    [Fact]
    public void Of_other_salt_or_model_or_size_shares_nothing()
    {
        int[] tokens = new int[8];
        KvFormat[] formats =
        [
            Format,
            KvFormat.Of(ToyEngine.Manifest with { Fingerprint = "1" }, 4, 4),
            KvFormat.Of(ToyEngine.Manifest with { Weights = "int4" }, 4, 4),
            KvFormat.Of(ToyEngine.Manifest, 2, 4),
        ];
        BlockHash[] all = [.. formats.SelectMany(format => new BlockChain(BlockHash.Root(format, "a"), 4, 8).Of(tokens).ToArray()), .. Chain("b").Of(tokens), .. Chain("").Of(tokens)];
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void OfTail_is_a_name_of_its_own()
    {
        int[] tokens = [1, 2, 3, 4, 5, 6];
        BlockChain chain = Chain("salt");
        Assert.NotEqual(chain.OfTail(tokens), chain.OfTail(tokens.AsSpan(0, 5)));
        Assert.DoesNotContain(chain.OfTail(tokens), Chain("salt").Of([.. tokens, 0, 0]).ToArray());
    }

    [Fact]
    public void TryParse_reads_ToString()
    {
        BlockHash hash = Chain("salt").Of(new int[4])[0];
        Assert.True(BlockHash.TryParse(hash.ToString(), out BlockHash parsed));
        Assert.Equal(hash, parsed);
        Assert.False(BlockHash.TryParse(hash.ToString().AsSpan(1), out _));
    }

    private static BlockChain Chain(string salt) => new(BlockHash.Root(Format, salt), 4, 64);
}
