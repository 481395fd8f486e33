using Granary.Engine.Grammar.Expressions;

namespace Granary.Engine.Grammar.Automata;

/// <summary>
/// A grammar as a deterministic pushdown automaton over bytes, made as it is walked: a state is a set of continuations, which are the
/// grammar's partial derivatives. Not thread-safe; a grammar has two, one that follows texts and one that tokens are matched against.
/// </summary>
/// <remarks>
/// Derivatives: Brzozowski, "Derivatives of regular expressions", JACM 1964; as sets: Antimirov, "Partial derivatives of regular
/// expressions and finite automaton constructions", TCS 1996. Counted repetitions and recursion unfold only where a text goes.
/// </remarks>
internal sealed class Automaton
{
    private readonly Expression _return;
    private readonly ByteClasses _classes;
    private readonly byte[] _example; // one byte of each class
    private readonly Dictionary<(long Head, long Tail), Continuation> _continuations = [];
    private readonly Dictionary<Continuation[], State> _states = new(ContinuationsComparer.Instance);
    private readonly Dictionary<Continuation[], State> _acceptingStates = new(ContinuationsComparer.Instance);
    private readonly Stack<Continuation> _open = [];
    private readonly HashSet<Continuation> _seen = [];
    private readonly List<Continuation> _leaves = [];
    private long _nextId = 2;

    /// <param name="builder">What made the grammar.</param>
    /// <param name="classes">The grammar's classes of bytes.</param>
    public Automaton(ExpressionBuilder builder, ByteClasses classes)
    {
        _return = builder.Return;
        _classes = classes;
        Repeats = new Unfoldings(builder.Empty);
        _example = new byte[classes.Count];
        for (int value = 255; value >= 0; value--)
        {
            _example[classes.Of[value]] = (byte)value;
        }
    }

    /// <summary>The end of the text.</summary>
    public Continuation End { get; } = new(0);

    /// <summary>The end of a part of a text, whatever comes behind it.</summary>
    public Continuation Hole { get; } = new(1);

    /// <summary>Repetitions with the counts that are left of them.</summary>
    public Unfoldings Repeats { get; }

    /// <summary>Continuations looked at so far: the cost of everything.</summary>
    public long Work { get; private set; }

    /// <summary>States remembered.</summary>
    public int Count => _states.Count + _acceptingStates.Count;

    /// <summary>The class of each byte.</summary>
    public ReadOnlySpan<byte> Classes => _classes.Of;

    /// <summary>The state after one more byte; <see cref="State.Dead"/> if it may not come.</summary>
    /// <exception cref="ConstraintException">The step costs too much.</exception>
    public State Step(State state, byte value) => StepClass(state, _classes.Of[value]);

    /// <summary>As <see cref="Step"/>, by the byte's class.</summary>
    public State StepClass(State state, byte byteClass)
    {
        if (!state.CanGoOn)
        {
            return State.Dead;
        }

        State? next = state.Next[byteClass];
        if (next is null)
        {
            byte value = _example[byteClass];
            Begin();
            foreach (Continuation leaf in state.Leaves)
            {
                if (leaf.Head!.Set.Contains(value))
                {
                    _open.Push(leaf.Tail!);
                }
            }

            state.Next[byteClass] = next = Close();
        }

        return next;
    }

    /// <summary>The states that a byte leads to.</summary>
    /// <exception cref="ConstraintException">A step costs too much.</exception>
    public List<State> Following(State state)
    {
        List<State> following = [];
        for (int byteClass = 0; byteClass < _classes.Count; byteClass++)
        {
            State next = StepClass(state, (byte)byteClass);
            if (next != State.Dead)
            {
                following.Add(next);
            }
        }

        return following;
    }

    /// <summary>Whether a byte may follow both.</summary>
    public bool Overlap(State one, State other)
    {
        for (int byteClass = 0; byteClass < _classes.Count; byteClass++)
        {
            if (StepClass(one, (byte)byteClass) != State.Dead && StepClass(other, (byte)byteClass) != State.Dead)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The state of a continuation.</summary>
    public State Close(Continuation continuation)
    {
        Begin();
        _open.Push(continuation);
        return Close();
    }

    /// <summary>The state of some leaves.</summary>
    public State StateOf(IEnumerable<Continuation> leaves) => Intern([.. leaves.Distinct().OrderBy(leaf => leaf.Id)], isAccepting: false);

    /// <summary>An expression before a continuation.</summary>
    public Continuation Push(Expression head, Continuation tail)
    {
        if (!_continuations.TryGetValue((head.Id, tail.Id), out Continuation? found))
        {
            _continuations[(head.Id, tail.Id)] = found = new Continuation(_nextId++, head, tail);
        }

        return found;
    }

    /// <summary>Forgets all states. Those still held go on to work; they are met again as others.</summary>
    public void Forget()
    {
        _continuations.Clear();
        _states.Clear();
        _acceptingStates.Clear();
        Repeats.Forget();
    }

    private void Begin()
    {
        _open.Clear();
        _seen.Clear();
        _leaves.Clear();
    }

    /// <summary>Unfolds the open continuations until all begin with a byte.</summary>
    private State Close()
    {
        bool isAccepting = false;
        while (_open.TryPop(out Continuation? continuation))
        {
            if (!_seen.Add(continuation))
            {
                continue;
            }

            if (_seen.Count > GrammarLimits.MaxStepWork)
            {
                throw new ConstraintException("it is too ambiguous: a text has too many ways through it");
            }

            isAccepting |= continuation.Head is null;
            if (continuation.Head is { } head)
            {
                Unfold(continuation, head, continuation.Tail!);
            }
        }

        Work += _seen.Count;
        if (_leaves.Count == 0 && !isAccepting)
        {
            return State.Dead;
        }

        _leaves.Sort((a, b) => a.Id.CompareTo(b.Id));
        return Intern([.. _leaves], isAccepting);
    }

    private void Unfold(Continuation continuation, Expression head, Continuation tail)
    {
        switch (head.Kind)
        {
            case ExpressionKind.Bytes:
                _leaves.Add(continuation);
                break;
            case ExpressionKind.Sequence:
                _open.Push(Push(head.Parts[0], Push(head.Parts[1], tail)));
                break;
            case ExpressionKind.Choice:
                foreach (Expression part in head.Parts)
                {
                    _open.Push(Push(part, tail));
                }

                break;
            case ExpressionKind.Repeat:
                if (head.Least == 0)
                {
                    _open.Push(tail);
                }

                _open.Push(Push(head.Parts[0], Push(Repeats.OneLess(head), tail)));
                break;
            case ExpressionKind.Call:
                _open.Push(Push(head.Rule!.Body!, Push(_return, tail)));
                break;
            default:
                _open.Push(tail); // Empty and Return
                break;
        }
    }

    private State Intern(Continuation[] leaves, bool isAccepting)
    {
        Dictionary<Continuation[], State> states = isAccepting ? _acceptingStates : _states;
        if (!states.TryGetValue(leaves, out State? state))
        {
            states[leaves] = state = new State(leaves, isAccepting, _classes.Count);
        }

        return state;
    }
}
