namespace Granary.Serving;

/// <summary>A hash that is the same in every process. It is no secret and proves nothing: what it decides must not matter to a caller who makes two texts collide.</summary>
/// <remarks>FNV-1a over UTF-16 code units, with the finaliser of MurmurHash3.</remarks>
internal static class StableHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>Hash of a text, behind what <paramref name="seed"/> stands for.</summary>
    public static ulong Of(ReadOnlySpan<char> text, ulong seed = 0)
    {
        var hash = Offset ^ seed;
        foreach (var unit in text)
        {
            hash = (hash ^ unit) * Prime;
        }

        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
