using System.Collections.Frozen;
using System.Globalization;

namespace Granary.Models.Tokenization.Normalizers;

/// <summary>
/// Decompositions and combining classes. .NET leaves text as it is when it runs without ICU, which Granary does (no library to
/// install), so the facts are an embedded file.
/// </summary>
internal sealed class UnicodeData
{
    private static readonly Lazy<UnicodeData> Loaded = new(() => new());
    private readonly byte[] _classes = new byte[0x20000];

    private UnicodeData()
    {
        var canonical = new Dictionary<int, int[]>();
        var compatible = new Dictionary<int, int[]>();
        var excluded = new HashSet<int>();
        using var stream = typeof(UnicodeData).Assembly.GetManifestResourceStream("unicode-normalization.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split(' ');
            switch (line[0])
            {
                case 'C':
                    ReadClasses(Hex(parts[0].AsSpan(1)), parts.AsSpan(1));
                    break;
                case 'D':
                    canonical[Hex(parts[0].AsSpan(1))] = Codes(parts);
                    break;
                case 'K':
                    compatible[Hex(parts[0].AsSpan(1))] = Codes(parts);
                    break;
                case 'X':
                    excluded.UnionWith(Codes(parts));
                    break;
                default: // a comment
                    break;
            }
        }

        Canonical = canonical.ToFrozenDictionary();
        Compatible = compatible.ToFrozenDictionary();
        Compositions = canonical.Where(d => d.Value.Length == 2 && !excluded.Contains(d.Key))
            .ToFrozenDictionary(d => (d.Value[0], d.Value[1]), d => d.Key);
    }

    public static UnicodeData Instance => Loaded.Value;

    /// <summary>One step of decomposition; Hangul syllables are computed instead.</summary>
    public FrozenDictionary<int, int[]> Canonical { get; }

    public FrozenDictionary<int, int[]> Compatible { get; }

    public FrozenDictionary<(int First, int Second), int> Compositions { get; }

    public int CombiningClass(int codePoint) => codePoint < _classes.Length ? _classes[codePoint] : 0;

    private void ReadClasses(int value, ReadOnlySpan<string> ranges)
    {
        foreach (var range in ranges)
        {
            var dash = range.IndexOf('-', StringComparison.Ordinal);
            var first = Hex(dash < 0 ? range : range.AsSpan(0, dash));
            var last = dash < 0 ? first : Hex(range.AsSpan(dash + 1));
            Array.Fill(_classes, (byte)value, first, last - first + 1);
        }
    }

    private static int[] Codes(string[] parts) => [.. parts.Skip(1).Select(p => Hex(p))];

    private static int Hex(ReadOnlySpan<char> text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
