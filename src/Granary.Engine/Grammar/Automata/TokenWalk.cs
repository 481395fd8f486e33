using Granary.Engine.Grammar.Vocabulary;

namespace Granary.Engine.Grammar.Automata;

/// <summary>Runs an automaton over a trie of tokens and notes which ones it accepts. Not thread-safe.</summary>
internal sealed class TokenWalk(Automaton automaton)
{
    private readonly State[] _path = new State[byte.MaxValue + 2];

    /// <summary>Notes the tokens below a node.</summary>
    /// <param name="trie">The tokens.</param>
    /// <param name="from">The state after the node's string.</param>
    /// <param name="node">The node, or −1 for the root.</param>
    /// <param name="mask">Gets a bit for each accepted token.</param>
    /// <param name="ends">If given, gets the nodes at which the text may end while longer tokens go on.</param>
    /// <returns>Whether a token was accepted.</returns>
    /// <exception cref="ConstraintException">The walk costs too much.</exception>
    public bool Run(TokenTrie trie, State from, int node, ulong[] mask, List<int>? ends)
    {
        ReadOnlySpan<byte> bytes = trie.Bytes;
        ReadOnlySpan<byte> depths = trie.Depths;
        ReadOnlySpan<int> subtreeEnds = trie.Ends;
        ReadOnlySpan<byte> classes = automaton.Classes;
        long workLimit = automaton.Work + GrammarLimits.MaxMaskWork;
        bool any = false;
        int end = node < 0 ? trie.Count : subtreeEnds[node];
        _path[node < 0 ? 0 : depths[node] + 1] = from;
        for (node++; node < end;)
        {
            State before = _path[depths[node]];
            byte byteClass = classes[bytes[node]];
            State? after = before.Next[byteClass];
            if (after is null)
            {
                after = automaton.StepClass(before, byteClass);
                if (automaton.Work > workLimit)
                {
                    throw new ConstraintException("it is too ambiguous: the next tokens cost too much to find");
                }
            }

            if (ReferenceEquals(after, State.Dead))
            {
                node = subtreeEnds[node];
                continue;
            }

            if (trie.OwnTokens[node] > 0)
            {
                any = true;
                Allow(trie.Tokens.Slice(trie.FirstTokens[node], trie.OwnTokens[node]), mask);
            }

            if (after.IsAccepting && subtreeEnds[node] > node + 1)
            {
                ends?.Add(node);
            }

            if (after.Leaves.Length == 0)
            {
                node = subtreeEnds[node];
                continue;
            }

            _path[depths[node] + 1] = after;
            node++;
        }

        return any;
    }

    private static void Allow(ReadOnlySpan<int> tokens, ulong[] mask)
    {
        foreach (int token in tokens)
        {
            mask[token >> 6] |= 1UL << (token & 63);
        }
    }
}
