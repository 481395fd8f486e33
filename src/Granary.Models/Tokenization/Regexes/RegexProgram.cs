namespace Granary.Models.Tokenization.Regexes;

internal enum RegexOp : byte
{
    Char,
    Loop,
    Split,
    Jump,
    Atomic,
    Look,
    NegatedLook,
    Anchor,
    Match,
}

/// <param name="Op">What to do.</param>
/// <param name="Set">The characters of Char and Loop.</param>
/// <param name="X">Split: preferred target. Jump: target. Loop: least count. Atomic and Look: where the inner program starts. Anchor: its kind.</param>
/// <param name="Y">Split: other target. Loop: most count, -1 without bound. Atomic and Look: where to go on.</param>
/// <param name="Possessive">Whether a loop gives nothing back.</param>
internal readonly record struct RegexInstruction(RegexOp Op, CharSet? Set = null, int X = 0, int Y = 0, bool Possessive = false);

/// <summary>Compiles a syntax tree to instructions for <see cref="TokenRegex"/>.</summary>
internal sealed class RegexProgram
{
    private const int MaxInstructions = 20_000;
    private readonly List<RegexInstruction> _code = [];

    public static RegexInstruction[] Compile(RegexNode node)
    {
        var program = new RegexProgram();
        program.Add(node);
        program.Emit(new(RegexOp.Match));
        return [.. program._code];
    }

    private int Emit(RegexInstruction instruction)
    {
        if (_code.Count >= MaxInstructions)
        {
            throw new FormatException($"the regular expression is too large (more than {MaxInstructions} instructions)");
        }

        _code.Add(instruction);
        return _code.Count - 1;
    }

    private void Add(RegexNode node)
    {
        switch (node)
        {
            case RegexNode.Chars chars:
                Emit(new(RegexOp.Char, chars.Set));
                break;
            case RegexNode.Sequence sequence:
                foreach (var item in sequence.Items)
                {
                    Add(item);
                }

                break;
            case RegexNode.Alternatives alternatives:
                AddAlternatives(alternatives.Items);
                break;
            case RegexNode.Repeat { Possessive: true, Item: not RegexNode.Chars } repeat:
                AddInner(RegexOp.Atomic, repeat with { Possessive = false });
                break;
            case RegexNode.Repeat { Item: RegexNode.Chars chars, Lazy: false } repeat:
                Emit(new(RegexOp.Loop, chars.Set, repeat.Min, repeat.Max, repeat.Possessive));
                break;
            case RegexNode.Repeat repeat:
                AddRepeat(repeat);
                break;
            case RegexNode.Atomic atomic:
                AddInner(RegexOp.Atomic, atomic.Item);
                break;
            case RegexNode.Look look:
                AddInner(look.Negated ? RegexOp.NegatedLook : RegexOp.Look, look.Item);
                break;
            case RegexNode.Anchor anchor:
                Emit(new(RegexOp.Anchor, X: (int)anchor.Kind));
                break;
            default: // Empty
                break;
        }
    }

    private void AddInner(RegexOp op, RegexNode inner)
    {
        var at = Emit(new(op));
        Add(inner);
        Emit(new(RegexOp.Match));
        _code[at] = new(op, X: at + 1, Y: _code.Count);
    }

    private void AddAlternatives(IReadOnlyList<RegexNode> items)
    {
        var jumps = new List<int>();
        for (var i = 0; i < items.Count; i++)
        {
            if (i == items.Count - 1)
            {
                Add(items[i]);
                break;
            }

            var split = Emit(new(RegexOp.Split));
            Add(items[i]);
            jumps.Add(Emit(new(RegexOp.Jump)));
            _code[split] = new(RegexOp.Split, X: split + 1, Y: _code.Count);
        }

        foreach (var jump in jumps)
        {
            _code[jump] = new(RegexOp.Jump, X: _code.Count);
        }
    }

    private void AddRepeat(RegexNode.Repeat repeat)
    {
        for (var i = 0; i < repeat.Min; i++)
        {
            Add(repeat.Item);
        }

        if (repeat.Max < 0)
        {
            var split = Emit(new(RegexOp.Split));
            Add(repeat.Item);
            Emit(new(RegexOp.Jump, X: split));
            _code[split] = Choose(split + 1, _code.Count, repeat.Lazy);
            return;
        }

        var splits = new List<int>();
        for (var i = repeat.Min; i < repeat.Max; i++)
        {
            splits.Add(Emit(new(RegexOp.Split)));
            Add(repeat.Item);
        }

        foreach (var split in splits)
        {
            _code[split] = Choose(split + 1, _code.Count, repeat.Lazy);
        }
    }

    private static RegexInstruction Choose(int body, int exit, bool lazy) =>
        lazy ? new(RegexOp.Split, X: exit, Y: body) : new(RegexOp.Split, X: body, Y: exit);
}
