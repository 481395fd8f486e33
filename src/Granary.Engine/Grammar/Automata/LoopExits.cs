using System.Numerics;
using Granary.Engine.Grammar.Vocabulary;

namespace Granary.Engine.Grammar.Automata;

/// <summary>Finds the tokens that leave a counted repetition. Not thread-safe.</summary>
internal sealed class LoopExits(Automaton automaton, TokenWalk walk, TokenVocabulary vocabulary)
{
    private readonly ulong[] _mask = new ulong[vocabulary.EndMask.Length];

    /// <param name="inside">The state inside of the repetition.</param>
    /// <param name="behind">The state where it has ended; no byte may follow both there and inside, where the next repetition begins.</param>
    /// <returns><see langword="null"/> where the number of repetitions is not a function of the text.</returns>
    /// <exception cref="ConstraintException">They cost too much to find.</exception>
    public ExitTokens? Find(State inside, State behind)
    {
        if (NodesBehind(inside, behind) is not { } exits)
        {
            return null;
        }

        List<int> repetitions = [];
        List<int> tokens = [];
        foreach (IGrouping<int, int> nodes in exits.GroupBy(exit => exit.Repetitions, exit => exit.Node).OrderBy(nodes => nodes.Key))
        {
            Array.Clear(_mask);
            foreach (int node in nodes)
            {
                walk.RunAt(vocabulary.Trie, behind, node, _mask);
            }

            for (int word = 0; word < _mask.Length; word++)
            {
                for (ulong left = _mask[word]; left != 0; left &= left - 1)
                {
                    repetitions.Add(nodes.Key);
                    tokens.Add((word * 64) + BitOperations.TrailingZeroCount(left));
                }
            }
        }

        return new ExitTokens([.. repetitions], [.. tokens]);
    }

    /// <summary>The nodes of the trie whose byte is the first behind the repetition.</summary>
    private List<(int Repetitions, int Node)>? NodesBehind(State inside, State behind)
    {
        List<(int, int)> found = [];
        for (int value = 0; value <= byte.MaxValue; value++)
        {
            if (automaton.Step(behind, (byte)value) == State.Dead)
            {
                continue;
            }

            foreach (int node in vocabulary.Trie.NodesOf((byte)value))
            {
                if (!TryCount(inside, node, out int repetitions))
                {
                    return null;
                }

                if (repetitions >= 0)
                {
                    found.Add((repetitions, node));
                }
            }
        }

        return found;
    }

    /// <param name="state">The state inside of the repetition.</param>
    /// <param name="node">A node of the trie.</param>
    /// <param name="repetitions">Those that the string before the node's byte makes; −1 if the repetition cannot end there.</param>
    private bool TryCount(State state, int node, out int repetitions)
    {
        repetitions = -1;
        TrieNode at = vocabulary.Trie.Nodes[node];
        if (at.Depth == 0)
        {
            return true; // what may come behind the text so far is no matter of the repetition
        }

        foreach (byte value in vocabulary.BytesOf(vocabulary.Trie.Tokens[at.FirstToken], isFirst: false).AsSpan(0, at.Depth))
        {
            state = automaton.Step(state, value);
        }

        if (!state.IsAccepting)
        {
            return true;
        }

        int? needed = CountedLoop.NeededFor(state);
        repetitions = needed ?? -1;
        return needed is not null;
    }
}
