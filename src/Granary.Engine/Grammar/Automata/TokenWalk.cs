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
    /// <remarks>A vocabulary has three nodes a token: the loop is written for the processor (<c>granary bench grammar</c>, first texts).</remarks>
    public bool Run(TokenTrie trie, State from, int node, ulong[] mask, List<int>? ends)
    {
        ReadOnlySpan<TrieNode> nodes = trie.Nodes;
        ReadOnlySpan<int> tokens = trie.Tokens;
        ReadOnlySpan<byte> classes = automaton.Classes;
        State[] path = _path;
        State dead = State.Dead;
        long workLimit = automaton.Work + GrammarLimits.MaxMaskWork;
        bool any = false;
        int end = node < 0 ? nodes.Length : nodes[node].End;
        path[node < 0 ? 0 : nodes[node].Depth + 1] = from;
        for (node++; node < end;)
        {
            ref readonly TrieNode at = ref nodes[node];
            State before = path[at.Depth];
            byte byteClass = classes[at.Value];
            State after = before.Next[byteClass] ?? Unfold(before, byteClass, workLimit);
            if (ReferenceEquals(after, dead))
            {
                node = at.End;
                continue;
            }

            // Most of a vocabulary stays in one state where any text may come: such subtrees are taken as a whole.
            if (ReferenceEquals(after, before) && (ends is null || !after.IsAccepting) && (at.Below & ~LoopsOf(after)) == 0)
            {
                any = true;
                Allow(tokens[at.FirstToken..at.EndToken], mask);
                node = at.End;
                continue;
            }

            if (at.OwnTokens > 0)
            {
                any = true;
                Allow(tokens.Slice(at.FirstToken, at.OwnTokens), mask);
            }

            if (after.IsAccepting && at.End > node + 1)
            {
                ends?.Add(node);
            }

            path[at.Depth + 1] = after;
            node = after.CanGoOn ? node + 1 : at.End;
        }

        return any;
    }

    /// <summary>Notes the tokens of a node and below it.</summary>
    /// <param name="trie">The tokens.</param>
    /// <param name="from">The state before the node's byte.</param>
    /// <param name="node">The node.</param>
    /// <param name="mask">Gets a bit for each accepted token.</param>
    /// <exception cref="ConstraintException">The walk costs too much.</exception>
    public void RunAt(TokenTrie trie, State from, int node, ulong[] mask)
    {
        ref readonly TrieNode at = ref trie.Nodes[node];
        State after = automaton.Step(from, at.Value);
        if (after != State.Dead)
        {
            Allow(trie.Tokens.Slice(at.FirstToken, at.OwnTokens), mask);
            Run(trie, after, node, mask, ends: null);
        }
    }

    /// <summary>Finds the tokens that stay inside of a counted repetition.</summary>
    /// <param name="trie">The tokens.</param>
    /// <param name="from">A state inside of it.</param>
    /// <param name="words">Words of a mask.</param>
    /// <exception cref="ConstraintException">The walk costs too much.</exception>
    public LoopTokens Count(TokenTrie trie, State from, int words)
    {
        ReadOnlySpan<TrieNode> nodes = trie.Nodes;
        State[] path = _path;
        path[0] = from;
        long workLimit = automaton.Work + GrammarLimits.MaxMaskWork;
        var found = new LoopTokens(words);
        for (int node = 0; node < nodes.Length;)
        {
            ref readonly TrieNode at = ref nodes[node];
            State before = path[at.Depth];
            byte byteClass = automaton.Classes[at.Value];
            State after = before.Next[byteClass] ?? Unfold(before, byteClass, workLimit);
            if (after == State.Dead)
            {
                node = at.End;
                continue;
            }

            if (CountedLoop.NeededFor(after) is not { } needed)
            {
                return new LoopTokens(words) { IsAmbiguous = true };
            }

            found.Add(trie.Tokens.Slice(at.FirstToken, at.OwnTokens), needed);
            path[at.Depth + 1] = after;
            node++;
        }

        return found;
    }

    private State Unfold(State before, byte byteClass, long workLimit)
    {
        State after = automaton.StepClass(before, byteClass);
        return automaton.Work <= workLimit ? after : throw new ConstraintException("it is too ambiguous: the next tokens cost too much to find");
    }

    private ulong LoopsOf(State state)
    {
        if (state.Loops is not { } loops)
        {
            loops = ulong.MaxValue;
            for (int value = 0; value <= byte.MaxValue; value++)
            {
                loops &= ReferenceEquals(automaton.Step(state, (byte)value), state) ? ulong.MaxValue : ~ByteKinds.Of((byte)value);
            }

            state.Loops = loops;
        }

        return loops;
    }

    private static void Allow(ReadOnlySpan<int> tokens, ulong[] mask)
    {
        foreach (int token in tokens)
        {
            mask[token >> 6] |= 1UL << (token & 63);
        }
    }
}
