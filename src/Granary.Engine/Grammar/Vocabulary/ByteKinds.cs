namespace Granary.Engine.Grammar.Vocabulary;

/// <summary>
/// Bytes sorted into kinds, so that a set of them fits into 64 bits: letters, digits, the bytes of longer UTF-8 forms by their place in
/// them, and the rest of ASCII, which grammars tell apart, one by one as far as that goes.
/// </summary>
internal static class ByteKinds
{
    private static readonly ulong[] Kinds = [.. Enumerable.Range(0, 256).Select(value => 1UL << KindOf(value))];

    /// <summary>The kind of a byte as one bit.</summary>
    public static ulong Of(byte value) => Kinds[value];

    private static int KindOf(int value) => value switch
    {
        >= 'a' and <= 'z' => 0,
        >= 'A' and <= 'Z' => 1,
        >= '0' and <= '9' => 2,
        '\t' => 3,
        '\n' => 4,
        '\r' => 5,
        < ' ' or 0x7F => 6,
        >= 0xF0 => 7,
        >= 0xE0 => 8,
        >= 0xC0 => 9,
        >= 0x80 => 10,
        < '0' => 11 + value - ' ', // 16 kinds
        < 'A' => 27 + value - ':', // 7
        < 'a' => 34 + value - '[', // 6
        _ => 40 + value - '{', // 4
    };
}
