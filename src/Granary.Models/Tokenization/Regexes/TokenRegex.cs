using Granary.Models.Tokenization.Json;

namespace Granary.Models.Tokenization.Regexes;

/// <summary>
/// A regular expression with Oniguruma's meaning over code points. Backtracking with a memory of failed states once a match becomes
/// expensive, and a budget of steps per text, so that no pattern and no text takes more than linear time.
/// </summary>
internal sealed class TokenRegex
{
    private const int StepsBeforeMemory = 4096;
    private const long StepsPerChar = 200;
    private const long FreeSteps = 1_000_000;
    private readonly RegexInstruction[] _code;
    private readonly string _pattern;

    /// <param name="pattern">The expression.</param>
    /// <param name="budget">What it may cost beside others.</param>
    /// <exception cref="FormatException">The pattern is wrong, too large or uses something unknown.</exception>
    public TokenRegex(string pattern, TokenizerBudget budget)
    {
        budget.CountPattern(pattern.Length);
        _pattern = pattern;
        _code = RegexProgram.Compile(new RegexParser(pattern, budget).Parse());
        budget.CountInstructions(_code.Length);
    }

    /// <summary>All matches in <paramref name="text"/> from left to right, without empty ones.</summary>
    /// <exception cref="Granary.Errors.GranaryException">The pattern is too expensive for this text.</exception>
    public void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        var budget = FreeSteps + StepsPerChar * text.Length;
        var matcher = new Matcher(_code, text, budget, _pattern);
        for (var at = 0; at < text.Length;)
        {
            var end = matcher.Run(0, at);
            if (end > at)
            {
                matches.Add((at, end));
                at = end;
            }
            else
            {
                at += char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
            }
        }

        EncodingWork.Add(budget - matcher.Budget);
    }

    // Low: how far a loop may give back; -1 for a plain alternative.
    private readonly record struct Choice(int Pc, int Position, int Low);

    private ref struct Matcher(RegexInstruction[] code, ReadOnlySpan<char> text, long budget, string pattern)
    {
        private readonly RegexInstruction[] _code = code;
        private readonly ReadOnlySpan<char> _text = text;
        private readonly string _pattern = pattern;
        private long _budget = budget;
        private Choice[] _choices = new Choice[32];
        private int _count;

        /// <summary>The steps that are left.</summary>
        public readonly long Budget => _budget;

        /// <summary>The end of the match that starts at <paramref name="position"/>, or -1.</summary>
        public int Run(int pc, int position)
        {
            var bottom = _count;
            var steps = 0;
            HashSet<long>? failed = null;
            while (true)
            {
                if (--_budget < 0)
                {
                    throw new Granary.Errors.GranaryException(
                        ErrorCode.InvalidRequest, $"The tokenizer's regular expression '{_pattern}' is too expensive for this text.");
                }

                ref readonly var op = ref _code[pc];
                bool ok;
                switch (op.Op)
                {
                    case RegexOp.Char:
                        ok = position < _text.Length && op.Set!.Contains(CodePoint(position, out var width)) && Advance(ref position, width);
                        pc++;
                        break;
                    case RegexOp.Loop:
                        ok = Loop(op, ref pc, ref position);
                        break;
                    case RegexOp.Split:
                        if (++steps > StepsBeforeMemory && !(failed ??= []).Add(((long)pc << 32) | (uint)position))
                        {
                            ok = false;
                            break;
                        }

                        Push(new(op.Y, position, -1));
                        pc = op.X;
                        ok = true;
                        break;
                    case RegexOp.Jump:
                        pc = op.X;
                        ok = true;
                        break;
                    case RegexOp.Atomic:
                        var inner = Run(op.X, position);
                        ok = inner >= 0;
                        position = inner;
                        pc = op.Y;
                        break;
                    case RegexOp.Look or RegexOp.NegatedLook:
                        ok = Run(op.X, position) >= 0 == (op.Op == RegexOp.Look);
                        pc = op.Y;
                        break;
                    case RegexOp.Anchor:
                        ok = Holds((AnchorKind)op.X, position);
                        pc++;
                        break;
                    default:
                        _count = bottom;
                        return position;
                }

                if (!ok && !Backtrack(bottom, ref pc, ref position))
                {
                    return -1;
                }
            }
        }

        private bool Loop(in RegexInstruction op, ref int pc, ref int position)
        {
            var start = position;
            var low = position;
            var taken = 0;
            while (position < _text.Length && taken != op.Y && op.Set!.Contains(CodePoint(position, out var width)))
            {
                position += width;
                if (++taken == op.X)
                {
                    low = position;
                }
            }

            _budget -= taken >> 4;
            pc++;
            if (taken < op.X)
            {
                position = start;
                return false;
            }

            if (position > low && !op.Possessive)
            {
                Push(new(pc, position, low));
            }

            return true;
        }

        private bool Backtrack(int bottom, ref int pc, ref int position)
        {
            if (_count == bottom)
            {
                return false;
            }

            ref var top = ref _choices[_count - 1];
            pc = top.Pc;
            if (top.Low < 0)
            {
                position = top.Position;
                _count--;
                return true;
            }

            var back = top.Position - 1;
            back -= char.IsLowSurrogate(_text[back]) && back > top.Low && char.IsHighSurrogate(_text[back - 1]) ? 1 : 0;
            position = back;
            if (back == top.Low)
            {
                _count--;
            }
            else
            {
                top = top with { Position = back };
            }

            return true;
        }

        private readonly int CodePoint(int position, out int width)
        {
            var c = _text[position];
            if (char.IsHighSurrogate(c) && position + 1 < _text.Length && char.IsLowSurrogate(_text[position + 1]))
            {
                width = 2;
                return char.ConvertToUtf32(c, _text[position + 1]);
            }

            width = 1;
            return c;
        }

        private static bool Advance(ref int position, int width)
        {
            position += width;
            return true;
        }

        private readonly bool Holds(AnchorKind kind, int position) => kind switch
        {
            AnchorKind.LineStart => position == 0 || _text[position - 1] == '\n',
            AnchorKind.LineEnd => position == _text.Length || _text[position] == '\n',
            AnchorKind.TextStart => position == 0,
            AnchorKind.TextEnd => position == _text.Length,
            AnchorKind.TextEndOrNewline => position == _text.Length || (position == _text.Length - 1 && _text[position] == '\n'),
            AnchorKind.WordBoundary => IsBoundary(position),
            _ => !IsBoundary(position),
        };

        private readonly bool IsBoundary(int position)
        {
            var before = position > 0 && CharSet.IsWord(position > 1 && char.IsLowSurrogate(_text[position - 1]) ? CodePoint(position - 2, out _) : _text[position - 1]);
            var after = position < _text.Length && CharSet.IsWord(CodePoint(position, out _));
            return before != after;
        }

        private void Push(Choice choice)
        {
            if (_count == _choices.Length)
            {
                Array.Resize(ref _choices, _count * 2);
            }

            _choices[_count++] = choice;
        }
    }
}
