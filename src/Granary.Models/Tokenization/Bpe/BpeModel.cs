using System.Collections.Concurrent;
using System.Text;

namespace Granary.Models.Tokenization.Bpe;

/// <summary>What the field <c>model</c> of tokenizer.json says.</summary>
internal sealed record BpeDescription(
    Dictionary<string, int> Vocabulary,
    IReadOnlyList<(string Left, string Right)> Merges,
    int? Unknown,
    bool FuseUnknown,
    bool ByteFallback,
    bool IgnoreMerges,
    string SubwordPrefix,
    string WordSuffix);

/// <summary>Byte pair encoding of one pre-tokenized piece. Thread-safe.</summary>
internal sealed class BpeModel
{
    private const int MaxCachedChars = 48;
    private const int MaxCachedWords = 32_768;
    private readonly BpeDescription _description;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _vocabulary;
    private readonly BpeMerges _merges;
    private readonly int[] _characters = new int[0x10000];
    private readonly int[] _byteTokens;
    private readonly HashSet<int>? _joints;
    private ConcurrentDictionary<string, int[]> _cache = new(StringComparer.Ordinal);
    private int _cached;

    /// <exception cref="FormatException">A merge makes something that is not in the vocabulary.</exception>
    public BpeModel(BpeDescription description)
    {
        _description = description;
        _vocabulary = description.Vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        Array.Fill(_characters, -1);
        foreach (var (text, id) in description.Vocabulary)
        {
            if (text.Length == 1)
            {
                _characters[text[0]] = id;
            }
        }

        _byteTokens = ByteTokens(description);
        _merges = new(BuildMerges(description));
        _joints = BuildJoints(description);
    }

    /// <summary>Appends the tokens of <paramref name="word"/>.</summary>
    public void Encode(ReadOnlySpan<char> word, List<int> tokens)
    {
        if (_description.IgnoreMerges && _vocabulary.TryGetValue(word, out var whole))
        {
            tokens.Add(whole);
            return;
        }

        if (word.Length <= MaxCachedChars || _joints is null)
        {
            EncodeCached(word, tokens);
            return;
        }

        // No merge joins the two characters at a cut, so both sides are encoded the same apart as together.
        var start = 0;
        for (var i = 1; i < word.Length; i++)
        {
            if (!_joints.Contains((word[i - 1] << 16) | word[i]) && !char.IsSurrogate(word[i - 1]) && !char.IsSurrogate(word[i]))
            {
                EncodeCached(word[start..i], tokens);
                start = i;
            }
        }

        EncodeCached(word[start..], tokens);
    }

    private void EncodeCached(ReadOnlySpan<char> word, List<int> tokens)
    {
        if (word.Length > MaxCachedChars)
        {
            tokens.AddRange(Merged(word));
            return;
        }

        var cache = Volatile.Read(ref _cache);
        if (!cache.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out var known))
        {
            known = [.. Merged(word)];
            if (Interlocked.Increment(ref _cached) > MaxCachedWords)
            {
                Volatile.Write(ref _cache, cache = new(StringComparer.Ordinal));
                Volatile.Write(ref _cached, 0);
            }

            cache.TryAdd(word.ToString(), known);
        }

        tokens.AddRange(known);
    }

    private List<int> Merged(ReadOnlySpan<char> word)
    {
        var symbols = Symbols(word);
        _merges.Apply(symbols);
        return symbols;
    }

    private List<int> Symbols(ReadOnlySpan<char> word)
    {
        var symbols = new List<int>(word.Length);
        var affixes = _description.SubwordPrefix.Length + _description.WordSuffix.Length > 0;
        var pendingUnknown = false;
        for (var i = 0; i < word.Length;)
        {
            var width = char.IsHighSurrogate(word[i]) && i + 1 < word.Length ? 2 : 1;
            var text = word.Slice(i, width);
            if (affixes)
            {
                text = $"{(i > 0 ? _description.SubwordPrefix : "")}{text}{(i + width == word.Length ? _description.WordSuffix : "")}";
            }

            i += width;
            var id = text.Length == 1 ? _characters[text[0]] : _vocabulary.TryGetValue(text, out var found) ? found : -1;
            if (id >= 0)
            {
                FlushUnknown();
                symbols.Add(id);
            }
            else if (!_description.ByteFallback || !TryAddBytes(text, symbols))
            {
                if (!_description.FuseUnknown)
                {
                    FlushUnknown();
                }

                pendingUnknown = _description.Unknown is not null;
            }
        }

        FlushUnknown();
        return symbols;

        void FlushUnknown()
        {
            if (pendingUnknown)
            {
                symbols.Add(_description.Unknown!.Value);
                pendingUnknown = false;
            }
        }
    }

    private bool TryAddBytes(ReadOnlySpan<char> text, List<int> symbols)
    {
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        bytes = bytes[..Encoding.UTF8.GetBytes(text, bytes)];
        foreach (var b in bytes)
        {
            if (_byteTokens[b] < 0)
            {
                return false;
            }
        }

        foreach (var b in bytes)
        {
            symbols.Add(_byteTokens[b]);
        }

        return true;
    }

    private static int[] ByteTokens(BpeDescription description) =>
        [.. Enumerable.Range(0, 256).Select(b => description.Vocabulary.GetValueOrDefault($"<0x{b:X2}>", -1))];

    private static MergeTable BuildMerges(BpeDescription description)
    {
        var vocabulary = description.Vocabulary;
        var merges = new MergeTable(description.Merges.Count);
        var rank = 0;
        foreach (var (left, right) in description.Merges)
        {
            var rest = description.SubwordPrefix.Length > 0 && right.StartsWith(description.SubwordPrefix, StringComparison.Ordinal)
                ? right[description.SubwordPrefix.Length..]
                : right;
            if (!vocabulary.TryGetValue(left, out var a) || !vocabulary.TryGetValue(right, out var b))
            {
                throw new FormatException($"number {rank} joins '{Shown(left)}' and '{Shown(right)}', of which one is not in the vocabulary");
            }

            if (!vocabulary.TryGetValue(left + rest, out var joined))
            {
                throw new FormatException($"number {rank} makes '{Shown(left + rest)}', which is not in the vocabulary");
            }

            merges.Set(a, b, new(rank++, joined));
        }

        return merges;
    }

    /// <summary>The pairs of neighbouring characters that some merge joins; null where cutting elsewhere could change the result.</summary>
    private static HashSet<int>? BuildJoints(BpeDescription description)
    {
        var fusesUnknown = description.Unknown is not null && description.FuseUnknown && !description.ByteFallback;
        if (fusesUnknown || description.SubwordPrefix.Length + description.WordSuffix.Length > 0)
        {
            return null;
        }

        var joints = new HashSet<int>();
        foreach (var (left, right) in description.Merges)
        {
            joints.Add((left[^1] << 16) | right[0]);
        }

        return joints;
    }

    private static string Shown(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
