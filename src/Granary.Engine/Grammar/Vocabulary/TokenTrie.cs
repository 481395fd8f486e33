namespace Granary.Engine.Grammar.Vocabulary;

/// <summary>
/// The byte strings of tokens as a tree in one array, parents before children and each subtree in one piece: an automaton runs over it
/// from front to back and jumps over a subtree as soon as it is stuck.
/// </summary>
internal sealed class TokenTrie
{
    private readonly byte[] _bytes;
    private readonly byte[] _depths;
    private readonly int[] _ends;
    private readonly int[] _firstTokens;
    private readonly int[] _tokens;

    /// <param name="tokens">Ids with their bytes; ids with none are left out, those longer than 255 bytes too.</param>
    public TokenTrie(IEnumerable<(int Id, byte[] Bytes)> tokens)
    {
        (int Id, byte[] Bytes)[] sorted = [.. tokens.Where(token => token.Bytes.Length is > 0 and <= byte.MaxValue)];
        Array.Sort(sorted, (a, b) => a.Bytes.AsSpan().SequenceCompareTo(b.Bytes));
        _tokens = [.. sorted.Select(token => token.Id)];
        List<byte> bytes = [];
        List<byte> depths = [];
        List<int> firstTokens = [];
        ReadOnlySpan<byte> previous = [];
        for (int i = 0; i < sorted.Length; i++)
        {
            ReadOnlySpan<byte> current = sorted[i].Bytes;
            for (int depth = previous.CommonPrefixLength(current); depth < current.Length; depth++)
            {
                bytes.Add(current[depth]);
                depths.Add((byte)depth);
                firstTokens.Add(i);
            }

            previous = current;
            MaxDepth = Math.Max(MaxDepth, current.Length);
        }

        firstTokens.Add(sorted.Length);
        (_bytes, _depths, _firstTokens) = ([.. bytes], [.. depths], [.. firstTokens]);
        _ends = SubtreeEnds(_depths);
        OwnTokens = OwnTokenCounts(sorted, _depths);
    }

    /// <summary>Number of nodes; the root, which has no byte, is not one of them.</summary>
    public int Count => _bytes.Length;

    /// <summary>Bytes of the longest token.</summary>
    public int MaxDepth { get; }

    /// <summary>The last byte of each node's string.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Bytes of each node's string, less one.</summary>
    public ReadOnlySpan<byte> Depths => _depths;

    /// <summary>Where each node's subtree ends.</summary>
    public ReadOnlySpan<int> Ends => _ends;

    /// <summary>Where the tokens of each node's subtree begin in <see cref="Tokens"/>; those of the node itself come first. One longer than the others.</summary>
    public ReadOnlySpan<int> FirstTokens => _firstTokens;

    /// <summary>How many tokens have exactly a node's string.</summary>
    public byte[] OwnTokens { get; }

    /// <summary>Token ids in order of their bytes.</summary>
    public ReadOnlySpan<int> Tokens => _tokens;

    private static int[] SubtreeEnds(byte[] depths)
    {
        int[] ends = new int[depths.Length];
        var open = new Stack<int>();
        for (int node = 0; node <= depths.Length; node++)
        {
            while (open.Count > 0 && (node == depths.Length || depths[open.Peek()] >= depths[node]))
            {
                ends[open.Pop()] = node;
            }

            open.Push(node);
        }

        return ends;
    }

    private byte[] OwnTokenCounts((int Id, byte[] Bytes)[] sorted, byte[] depths)
    {
        byte[] counts = new byte[depths.Length];
        for (int node = 0; node < depths.Length; node++)
        {
            int end = _firstTokens[_ends[node]];
            for (int token = _firstTokens[node]; token < end && sorted[token].Bytes.Length == depths[node] + 1 && counts[node] < byte.MaxValue; token++)
            {
                counts[node]++;
            }
        }

        return counts;
    }
}
