using Granary.Engine.Scheduling;

namespace Granary.Engine.Kv;

/// <summary>Keys and values of a sequence that has left, or lost its slot, still in their slot: the next turn of its conversation goes on there.</summary>
/// <param name="tokens">Prompt and output, those that were computed.</param>
/// <param name="chain">The hashes of their blocks.</param>
/// <param name="since">Timestamp of the sequence's end.</param>
internal sealed class KeptKv(ReadOnlyMemory<int> tokens, BlockChain chain, long since) : ISlotHolder
{
    public int? Slot { get; set; }

    public int ComputedTokens => tokens.Length;

    /// <summary>The computed tokens.</summary>
    public ReadOnlySpan<int> Tokens => tokens.Span;

    public BlockChain Chain => chain;

    public long Since => since;

    /// <summary>Blocks that the tiers below have as well, from the first on.</summary>
    public int StoredBlocks { get; set; }

    /// <summary>Whether somebody waits for the slot who has taken it from the sequence: others copy from it, and nobody goes on in it.</summary>
    public bool IsPromised { get; init; }

    /// <summary>Whether it is being exported and must stay where it is.</summary>
    public bool IsPinned { get; set; }
}
