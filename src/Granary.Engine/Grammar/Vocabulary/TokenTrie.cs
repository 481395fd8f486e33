namespace Granary.Engine.Grammar.Vocabulary;

/// <summary>
/// The byte strings of tokens as a tree in one array, parents before children and each subtree in one piece: an automaton runs over it
/// from front to back and jumps over a subtree as soon as it is stuck.
/// </summary>
internal sealed class TokenTrie
{
    private readonly TrieNode[] _nodes;
    private readonly int[] _tokens;
    private readonly int[] _byValue; // nodes in order of their bytes
    private readonly int[] _firstOf = new int[257]; // where those of each byte begin in it

    /// <param name="tokens">Ids with their bytes; ids with none are left out, those longer than 255 bytes too.</param>
    public TokenTrie(IEnumerable<(int Id, byte[] Bytes)> tokens)
    {
        (int Id, byte[] Bytes)[] sorted = [.. tokens.Where(token => token.Bytes.Length is > 0 and <= byte.MaxValue)];
        Array.Sort(sorted, (a, b) => a.Bytes.AsSpan().SequenceCompareTo(b.Bytes));
        _tokens = [.. sorted.Select(token => token.Id)];
        List<TrieNode> nodes = [];
        ReadOnlySpan<byte> previous = [];
        for (int i = 0; i < sorted.Length; i++)
        {
            ReadOnlySpan<byte> current = sorted[i].Bytes;
            for (int depth = previous.CommonPrefixLength(current); depth < current.Length; depth++)
            {
                nodes.Add(new TrieNode { Value = current[depth], Depth = (byte)depth, FirstToken = i });
            }

            previous = current;
        }

        _nodes = [.. nodes];
        FindEnds(sorted.Length);
        for (int node = _nodes.Length - 1; node >= 0; node--)
        {
            Complete(ref _nodes[node], node, sorted);
        }

        _byValue = new int[_nodes.Length];
        FindByValue();
    }

    /// <summary>The nodes but for the root, which has no byte.</summary>
    public ReadOnlySpan<TrieNode> Nodes => _nodes;

    /// <summary>Token ids in order of their bytes.</summary>
    public ReadOnlySpan<int> Tokens => _tokens;

    /// <summary>The nodes whose byte this is, front to back.</summary>
    public ReadOnlySpan<int> NodesOf(byte value) => _byValue.AsSpan(_firstOf[value].._firstOf[value + 1]);

    private void FindByValue()
    {
        foreach (ref readonly TrieNode node in Nodes)
        {
            _firstOf[node.Value + 1]++;
        }

        for (int value = 0; value < 256; value++)
        {
            _firstOf[value + 1] += _firstOf[value];
        }

        int[] next = [.. _firstOf];
        for (int node = 0; node < _nodes.Length; node++)
        {
            _byValue[next[_nodes[node].Value]++] = node;
        }
    }

    private void FindEnds(int tokens)
    {
        var open = new Stack<int>();
        for (int node = 0; node <= _nodes.Length; node++)
        {
            while (open.Count > 0 && (node == _nodes.Length || _nodes[open.Peek()].Depth >= _nodes[node].Depth))
            {
                ref TrieNode ended = ref _nodes[open.Pop()];
                ended.End = node;
                ended.EndToken = node == _nodes.Length ? tokens : _nodes[node].FirstToken;
            }

            open.Push(node);
        }
    }

    private void Complete(ref TrieNode node, int index, (int Id, byte[] Bytes)[] sorted)
    {
        for (int token = node.FirstToken; token < node.EndToken && sorted[token].Bytes.Length == node.Depth + 1 && node.OwnTokens < byte.MaxValue; token++)
        {
            node.OwnTokens++;
        }

        for (int child = index + 1; child < node.End; child = _nodes[child].End)
        {
            node.Below |= _nodes[child].Below | ByteKinds.Of(_nodes[child].Value);
        }
    }
}
