using Granary.Models.Tokenization.Regexes;

namespace Granary.Models.Tokenization.Json;

/// <summary>
/// What the parts of one tokenizer.json share, and what they may cost together: a set of characters is 8 KiB and 65,536 questions, so that a file that repeats small
/// parts could ask for any amount of memory and time.
/// </summary>
internal sealed class TokenizerBudget
{
    private readonly Dictionary<(string Text, bool IgnoreCase), CharSet> _sets = [];
    private int _steps;
    private int _patternChars;
    private int _instructions;

    /// <summary>Counts a normalizer, a pre-tokenizer or a decoder.</summary>
    /// <exception cref="Granary.Errors.GranaryException">There are too many.</exception>
    public void CountStep(TokenizerJson json)
    {
        if (++_steps > TokenizerLimits.MaxSteps)
        {
            throw json.Error($"is one too many: a tokenizer may have {TokenizerLimits.MaxSteps} normalizers, pre-tokenizers and decoders");
        }
    }

    /// <summary>Counts a regular expression.</summary>
    /// <exception cref="FormatException">All of them together are too long.</exception>
    public void CountPattern(int chars)
    {
        _patternChars = (int)Math.Min((long)_patternChars + chars, int.MaxValue);
        if (_patternChars > TokenizerLimits.MaxPatternChars)
        {
            throw new FormatException($"a tokenizer's regular expressions may have {TokenizerLimits.MaxPatternChars} characters together");
        }
    }

    /// <summary>Counts what a regular expression was compiled to.</summary>
    /// <exception cref="FormatException">All of them together are too large.</exception>
    public void CountInstructions(int instructions)
    {
        _instructions += instructions;
        if (_instructions > TokenizerLimits.MaxInstructions)
        {
            throw new FormatException($"a tokenizer's regular expressions are too large together (more than {TokenizerLimits.MaxInstructions} instructions)");
        }
    }

    /// <summary>The set that a part of a regular expression stands for; the same text is the same set.</summary>
    /// <exception cref="FormatException">There are too many different ones.</exception>
    public CharSet SetOf(string text, bool ignoreCase, Func<int, bool> contains)
    {
        if (!_sets.TryGetValue((text, ignoreCase), out var set))
        {
            if (_sets.Count >= TokenizerLimits.MaxSets)
            {
                throw new FormatException($"a tokenizer's regular expressions may have {TokenizerLimits.MaxSets} different characters and classes together");
            }

            _sets[(text, ignoreCase)] = set = CharSet.Of(contains);
        }

        return set;
    }
}
