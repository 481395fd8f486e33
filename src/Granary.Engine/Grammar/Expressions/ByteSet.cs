namespace Granary.Engine.Grammar.Expressions;

/// <summary>A set of bytes.</summary>
internal readonly record struct ByteSet(ulong Part0, ulong Part1, ulong Part2, ulong Part3)
{
    public bool IsEmpty => (Part0 | Part1 | Part2 | Part3) == 0;

    public static ByteSet Of(byte value) => Range(value, value);

    /// <summary>The bytes from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public static ByteSet Range(byte first, byte last) => new(Part(0, first, last), Part(1, first, last), Part(2, first, last), Part(3, first, last));

    public static ByteSet operator |(ByteSet a, ByteSet b) =>
        new(a.Part0 | b.Part0, a.Part1 | b.Part1, a.Part2 | b.Part2, a.Part3 | b.Part3);

    public static ByteSet BitwiseOr(ByteSet left, ByteSet right) => left | right;

    public bool Contains(byte value)
    {
        ulong part = (value >> 6) switch { 0 => Part0, 1 => Part1, 2 => Part2, _ => Part3 };
        return ((part >> (value & 63)) & 1) != 0;
    }

    private static ulong Part(int part, int first, int last)
    {
        int from = Math.Max(first - (part * 64), 0);
        int to = Math.Min(last - (part * 64), 63);
        return from > to ? 0 : (ulong.MaxValue >> (63 - to + from)) << from;
    }
}
