using Granary.Engine.Grammar.Expressions;
using Granary.Engine.Grammar.Vocabulary;

namespace Granary.Engine.Grammar.Automata;

/// <summary>How often one token can repeat an expression. Counts beyond look alike to all tokens.</summary>
internal sealed class TokenReach(Automaton automaton, TokenVocabulary vocabulary)
{
    private readonly Dictionary<Expression, int> _known = [];

    /// <summary>A bound for the repetitions that begin inside of any token.</summary>
    /// <param name="repeat">The repetition; its counts do not matter.</param>
    public int Of(Expression repeat)
    {
        if (!_known.TryGetValue(repeat.Parts[0], out int reach))
        {
            try
            {
                reach = Find(repeat);
            }
            catch (ConstraintException)
            {
                reach = byte.MaxValue; // too ambiguous to tell; no token has more bytes
            }

            _known[repeat.Parts[0]] = reach;
        }

        return reach;
    }

    private int Find(Expression repeat)
    {
        State start = automaton.Close(automaton.Push(CountedLoop.Of(repeat, automaton.Repeats), automaton.Hole));
        long workLimit = automaton.Work + GrammarLimits.MaxMaskWork;
        int most = 0;
        foreach (byte[] token in vocabulary.ByLength)
        {
            // Each repetition takes a byte at least, so that soon nothing is long enough any more.
            for (int first = 0; token.Length - first > most; first++)
            {
                State state = start;
                for (int at = first; at < token.Length && (state = automaton.Step(state, token[at])) != State.Dead; at++)
                {
                    most = Math.Max(most, CountedLoop.MostBegunIn(state));
                }

                if (automaton.Work > workLimit)
                {
                    return byte.MaxValue;
                }
            }
        }

        return most;
    }
}
