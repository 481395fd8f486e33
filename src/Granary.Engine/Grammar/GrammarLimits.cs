namespace Granary.Engine.Grammar;

/// <summary>What a constraint may cost. Far above what honest ones need; a hostile one meets a limit within a fraction of a second.</summary>
internal static class GrammarLimits
{
    /// <summary>Characters of a schema, a regular expression or all choices together.</summary>
    public const int MaxTextLength = 256 * 1024;

    /// <summary>Texts to choose from.</summary>
    public const int MaxChoices = 10_000;

    /// <summary>Objects within objects in a schema's text.</summary>
    public const int MaxSchemaDepth = 128;

    /// <summary>Properties, items of tuples and branches that a schema has once its references are followed.</summary>
    public const int MaxSchemaParts = 10_000;

    /// <summary>Comparisons of two schemas, or of two values, that the proofs for all <c>oneOf</c> of a schema may take.</summary>
    public const int MaxComparisons = 250_000;

    /// <summary>Groups within groups of a regular expression.</summary>
    public const int MaxRegexDepth = 50;

    /// <summary>Most repetitions that a regular expression or a keyword may count to.</summary>
    public const int MaxRepeat = 1_000_000;

    /// <summary>Ranges of all sets of characters that a grammar writes out; a tenth of a second.</summary>
    public const int MaxCharacterRanges = 50_000;

    /// <summary>Ranges that classes of characters name before they are united.</summary>
    public const int MaxCharacterRangesRead = 500_000;

    /// <summary>Distinct expressions of a grammar.</summary>
    public const int MaxExpressions = 200_000;

    /// <summary>Continuations that one step of an automaton may look at: a few thousandths of a second.</summary>
    public const int MaxStepWork = 20_000;

    /// <summary>Continuations that one mask may look at, in all its steps: a few hundredths of a second.</summary>
    public const int MaxMaskWork = 200_000;

    /// <summary>States of texts that a grammar remembers; beyond, it forgets them and meets them again, which costs microseconds each.</summary>
    public const int MaxStates = 8_192;

    /// <summary>States of tokens that a grammar remembers; an honest one has some hundreds.</summary>
    public const int MaxTokenStates = 32_768;

    /// <summary>Bytes of masks, and of what they are made of, that a grammar remembers; beyond, those used least recently go.</summary>
    public const long MaxMaskBytes = 16L << 20;

    /// <summary>States that are looked at when a grammar is new, before a text comes there.</summary>
    public const int MaxExploredStates = 256;

    /// <summary>Compiled grammars that a model remembers of one tenant.</summary>
    public const int MaxGrammarsOfATenant = 16;

    /// <summary>Compiled grammars that a model remembers; beyond, the tenants with the most lose theirs.</summary>
    public const int MaxGrammars = 64;
}
