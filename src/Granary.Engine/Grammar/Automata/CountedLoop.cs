using Granary.Engine.Grammar.Expressions;

namespace Granary.Engine.Grammar.Automata;

/// <summary>
/// A counted repetition with its counts taken out: it may end after any repetition and always go on, and what is left of it tells how
/// many were begun. So the tokens of all counts are found in one walk.
/// </summary>
internal static class CountedLoop
{
    // So far above what a grammar may count to that no token gets out of the range.
    private const int Far = 1 << 30;

    /// <summary>The repetition, with none begun.</summary>
    public static Expression Of(Expression repeat, Unfoldings repeats) => repeats.Of(repeat, 0, Far);

    /// <summary>Repetitions begun; <see langword="null"/> if the expression is no such loop.</summary>
    public static int? SpentOf(Expression expression) =>
        expression.Kind is ExpressionKind.Repeat && expression.Most is > Far / 2 and <= Far ? Far - expression.Most : null;

    /// <summary>Most repetitions that any way on from a state inside of the loop has begun.</summary>
    public static int MostBegunIn(State state)
    {
        int most = 0;
        foreach (Continuation leaf in state.Leaves)
        {
            most = Math.Max(most, leaf.Spent ?? 0);
        }

        return most;
    }

    /// <summary>
    /// The fewest repetitions that a text must be allowed to come to a state inside of the loop; <see langword="null"/> where different
    /// ways to it have begun different numbers.
    /// </summary>
    public static int? NeededFor(State state)
    {
        int? spent = state.Leaves[0].Spent;
        foreach (Continuation leaf in state.Leaves)
        {
            if (leaf.Spent != spent)
            {
                return null;
            }
        }

        // Where the loop may end, all that goes on has begun one more.
        return state.IsAccepting ? spent - 1 : spent;
    }
}
