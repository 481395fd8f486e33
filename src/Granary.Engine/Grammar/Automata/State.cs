namespace Granary.Engine.Grammar.Automata;

/// <summary>A state of the automaton: all the ways in which the text so far can go on.</summary>
/// <param name="leaves">Continuations that begin with a byte, by rising id.</param>
/// <param name="isAccepting">Whether the text may end here.</param>
/// <param name="classes">Number of byte classes.</param>
internal sealed class State(Continuation[] leaves, bool isAccepting, int classes)
{
    /// <summary>Without any way to go on: what a wrong byte leads to.</summary>
    public static State Dead { get; } = new([], isAccepting: false, classes: 0);

    public Continuation[] Leaves => leaves;

    public bool IsAccepting => isAccepting;

    /// <summary>The next state by byte class; <see langword="null"/> until somebody went there.</summary>
    public State?[] Next { get; } = new State?[classes];

    /// <summary>The tokens allowed here, once somebody asked.</summary>
    public TokenSet? Tokens { get; set; }
}
