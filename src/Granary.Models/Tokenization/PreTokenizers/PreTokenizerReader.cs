using Granary.Models.Tokenization.Json;
using Granary.Models.Tokenization.Regexes;

namespace Granary.Models.Tokenization.PreTokenizers;

/// <summary>Reads the field <c>pre_tokenizer</c>.</summary>
internal static class PreTokenizerReader
{
    private const string Known = "ByteLevel, Split, Metaspace, Digits, Punctuation, Whitespace, WhitespaceSplit, CharDelimiterSplit, Sequence";

    // Each is made once, however often files ask for it.
    private static readonly Lazy<CharDelimiter> Numbers = new(() => new(CharSet.Of(UnicodeProperty.Find("N"))));
    private static readonly Lazy<CharDelimiter> Punctuation = new(() => new(CharSet.Of(IsPunctuation)));
    private static readonly Lazy<CharDelimiter> Spaces = new(() => new(CharSet.Of(CharSet.IsSpace)));
    private static readonly Lazy<RegexDelimiter> Words = new(() => new(new(@"\w+|[^\w\s]+", new())));

    public static PreTokenizer? Read(TokenizerJson json)
    {
        if (json.IsNull)
        {
            return null;
        }

        json.Budget.CountStep(json);
        return json.Type switch
        {
            "Sequence" => new SequencePreTokenizer([.. json["pretokenizers"].Items().Select(Read).OfType<PreTokenizer>()]),
            "ByteLevel" => new ByteLevelPreTokenizer(json["add_prefix_space"].Flag(true), json["use_regex"].Flag(true)),
            "Split" => new SplitPreTokenizer(ReadDelimiter(json["pattern"]), ReadBehaviour(json["behavior"], null), json["invert"].Flag(false)),
            "Metaspace" => ReadMetaspace(json),
            "Digits" => new SplitPreTokenizer(
                Numbers.Value,
                json["individual_digits"].Flag(false) ? SplitBehaviour.Isolated : SplitBehaviour.Contiguous,
                invert: false),
            "Punctuation" => new SplitPreTokenizer(Punctuation.Value, ReadBehaviour(json["behavior"], SplitBehaviour.Isolated), invert: false),
            "Whitespace" => new SplitPreTokenizer(Words.Value, SplitBehaviour.Removed, invert: true),
            "WhitespaceSplit" => new SplitPreTokenizer(Spaces.Value, SplitBehaviour.Removed, invert: false),
            "CharDelimiterSplit" => new SplitPreTokenizer(new TextDelimiter(json["delimiter"].Text()), SplitBehaviour.Removed, invert: false),
            var type => throw json.Unknown("pre-tokenizer", type, Known),
        };
    }

    /// <summary>Reads <c>{"String": …}</c> or <c>{"Regex": …}</c>.</summary>
    public static Delimiter ReadDelimiter(TokenizerJson json)
    {
        if (!json["String"].IsNull)
        {
            return new TextDelimiter(json["String"].Text());
        }

        try
        {
            return new RegexDelimiter(new(json["Regex"].Text(), json.Budget));
        }
        catch (FormatException e)
        {
            throw json["Regex"].Error($"cannot be used: {e.Message}", e);
        }
    }

    private static bool IsPunctuation(int c) =>
        c < 128 ? char.IsPunctuation((char)c) || char.IsSymbol((char)c) : UnicodeProperty.Find("P")(c);

    private static SplitBehaviour ReadBehaviour(TokenizerJson json, SplitBehaviour? whenMissing)
    {
        if (json.IsNull && whenMissing is { } value)
        {
            return value;
        }

        return Enum.TryParse<SplitBehaviour>(json.Text(), out var behaviour) && Enum.IsDefined(behaviour)
            ? behaviour
            : throw json.Error($"must be one of {string.Join(", ", Enum.GetNames<SplitBehaviour>())}");
    }

    private static MetaspacePreTokenizer ReadMetaspace(TokenizerJson json)
    {
        var replacement = json["replacement"].OptionalText() ?? "▁";
        if (replacement.Length != 1)
        {
            throw json["replacement"].Error("must be one character");
        }

        return new(replacement[0], ReadScheme(json), json["split"].Flag(true));
    }

    public static PrependScheme ReadScheme(TokenizerJson json) => json["prepend_scheme"].OptionalText() switch
    {
        "always" => PrependScheme.Always,
        "first" => PrependScheme.First,
        "never" => PrependScheme.Never,
        null => json["add_prefix_space"].Flag(true) ? PrependScheme.Always : PrependScheme.Never,
        _ => throw json["prepend_scheme"].Error("must be always, first or never"),
    };
}
