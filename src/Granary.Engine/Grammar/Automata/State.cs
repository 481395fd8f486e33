namespace Granary.Engine.Grammar.Automata;

/// <summary>A state of the automaton: all the ways in which the text so far can go on.</summary>
internal sealed class State
{
    private TokenSet? _tokens;

    /// <param name="leaves">Continuations that begin with a byte, by rising id.</param>
    /// <param name="isAccepting">Whether the text may end here.</param>
    /// <param name="classes">Number of byte classes.</param>
    public State(Continuation[] leaves, bool isAccepting, int classes)
    {
        (Leaves, IsAccepting, CanGoOn) = (leaves, isAccepting, leaves.Length > 0);
        Next = new State?[classes];
    }

    /// <summary>Without any way to go on: what a wrong byte leads to.</summary>
    public static State Dead { get; } = new([], isAccepting: false, classes: 0);

    public Continuation[] Leaves { get; }

    public bool IsAccepting { get; }

    /// <summary>Whether a byte may follow.</summary>
    public bool CanGoOn { get; }

    /// <summary>The next state by byte class; <see langword="null"/> until somebody went there.</summary>
    public State?[] Next { get; }

    /// <summary>The kinds of bytes (<see cref="Vocabulary.ByteKinds"/>) that lead back here, every byte of them; <see langword="null"/> until somebody needed to know.</summary>
    public ulong? Loops { get; set; }

    /// <summary>The tokens allowed here, once somebody found them; whoever finds them may be another thread than the one that asks.</summary>
    public TokenSet? Tokens
    {
        get => Volatile.Read(ref _tokens);
        set => Volatile.Write(ref _tokens, value);
    }
}
