namespace Granary.Models.Tokenization.Bpe;

/// <summary>GPT-2's one-to-one map of bytes to printable characters.</summary>
internal static class ByteAlphabet
{
    private static readonly char[] ToChar = Build();
    private static readonly Dictionary<char, byte> ToByte = Enumerable.Range(0, 256).ToDictionary(b => ToChar[b], b => (byte)b);

    public static char Char(byte b) => ToChar[b];

    public static bool TryByte(char c, out byte b) => ToByte.TryGetValue(c, out b);

    private static char[] Build()
    {
        var chars = new char[256];
        var next = 256;
        for (var b = 0; b < 256; b++)
        {
            chars[b] = b is >= '!' and <= '~' or >= 0xa1 and <= 0xac or >= 0xae and <= 0xff ? (char)b : (char)next++;
        }

        return chars;
    }
}
