namespace Orleans.Runtime;

/// <summary>Hashes that every process computes alike; <see cref="string.GetHashCode()"/> differs from process to process.</summary>
internal static class StableHash
{
    /// <summary>FNV-1a over UTF-16 units with a final avalanche, so that close keys land far apart on the ring.</summary>
    public static uint Compute(ReadOnlySpan<char> text)
    {
        var hash = 2166136261u;
        foreach (var unit in text)
        {
            hash = (hash ^ unit) * 16777619u;
        }

        return Mix(hash);
    }

    /// <summary>64 bits for names on the wire, where a collision must be improbable.</summary>
    public static ulong Compute64(ReadOnlySpan<char> text)
    {
        var hash = 14695981039346656037UL;
        foreach (var unit in text)
        {
            hash = (hash ^ unit) * 1099511628211UL;
        }

        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53UL;
        return hash ^ (hash >> 33);
    }

    /// <summary>Combines two hashes; order matters.</summary>
    public static uint Combine(uint first, uint second) => Mix(first * 31u + second);

    // The finaliser of MurmurHash3.
    private static uint Mix(uint hash)
    {
        hash = (hash ^ (hash >> 16)) * 0x85ebca6bu;
        hash = (hash ^ (hash >> 13)) * 0xc2b2ae35u;
        return hash ^ (hash >> 16);
    }
}
