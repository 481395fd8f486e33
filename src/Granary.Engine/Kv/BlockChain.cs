namespace Granary.Engine.Kv;

/// <summary>The hashes of one sequence's blocks, computed once each.</summary>
/// <param name="root">The tenant's root.</param>
/// <param name="blockTokens">Tokens of a block.</param>
/// <param name="maxTokens">Most tokens that the sequence can get.</param>
internal sealed class BlockChain(BlockHash root, int blockTokens, int maxTokens)
{
    private readonly BlockHash[] _hashes = new BlockHash[maxTokens / blockTokens];
    private int _count;

    /// <summary>Where the chain starts: equal roots are equal models and tenants.</summary>
    public BlockHash Root => root;

    /// <summary>The hashes of the whole blocks of a sequence.</summary>
    /// <param name="tokens">All tokens of the sequence so far; it only ever grows.</param>
    /// <returns>[<c>tokens.Length</c> / block tokens].</returns>
    public ReadOnlySpan<BlockHash> Of(ReadOnlySpan<int> tokens)
    {
        int blocks = tokens.Length / blockTokens;
        for (; _count < blocks; _count++)
        {
            _hashes[_count] = Before(_count).Next(tokens.Slice(_count * blockTokens, blockTokens));
        }

        return _hashes.AsSpan(0, blocks);
    }

    /// <summary>The hash of a sequence that ends inside a block.</summary>
    public BlockHash OfTail(ReadOnlySpan<int> tokens)
    {
        int blocks = Of(tokens).Length;
        return Before(blocks).Next(tokens[(blocks * blockTokens)..]);
    }

    private BlockHash Before(int block) => block == 0 ? root : _hashes[block - 1];
}
