using System.Runtime.InteropServices;

namespace Granary.Engine.Stages;

/// <summary>
/// Chooses the lane of a request: the one that computed the longest beginning of its prompt before, unless it has so many more requests than the emptiest that waiting there
/// would cost more than computing the beginning again.
/// </summary>
/// <remarks>Remembers the hash of each block-wise beginning of prompts (FNV-1a over salt and tokens); a collision costs a hit and nothing else. Two generations bound the memory.</remarks>
internal sealed class LaneChooser(int lanes, int blockTokens, int chunkTokens)
{
    private const int Remembered = 1 << 16;
    private const ulong Offset = 0xCBF29CE484222325;
    private const ulong Prime = 0x100000001B3;

    private readonly Lock _lock = new();
    private readonly int[] _loads = new int[lanes]; // requests in each lane
    private Dictionary<ulong, int> _recent = [];
    private Dictionary<ulong, int> _older = [];

    /// <summary>Chooses a lane for a request, counts it in, and remembers the lane for prompts that begin alike.</summary>
    /// <param name="salt">The tenant's.</param>
    /// <param name="prompt">Token ids.</param>
    public int Enter(string salt, ReadOnlySpan<int> prompt)
    {
        ulong[] beginnings = Hash(salt, prompt);
        lock (_lock)
        {
            int emptiest = Array.IndexOf(_loads, _loads.Min());
            int chosen = emptiest;
            if (Find(beginnings, out int knows, out int blocks))
            {
                int worth = 1 + (blocks * blockTokens / chunkTokens); // in requests: a chunk delays a lane as long as a request's share of it does
                chosen = _loads[knows] - _loads[emptiest] <= worth ? knows : emptiest;
            }

            Remember(beginnings, chosen);
            _loads[chosen]++;
            return chosen;
        }
    }

    /// <summary>Counts a request out.</summary>
    public void Leave(int lane)
    {
        lock (_lock)
        {
            _loads[lane]--;
        }
    }

    private bool Find(ulong[] beginnings, out int lane, out int blocks)
    {
        for (blocks = beginnings.Length; blocks > 0; blocks--)
        {
            ulong hash = beginnings[blocks - 1];
            if (_recent.TryGetValue(hash, out lane) || _older.TryGetValue(hash, out lane))
            {
                return true;
            }
        }

        lane = 0;
        return false;
    }

    private void Remember(ulong[] beginnings, int lane)
    {
        if (_recent.Count + beginnings.Length > Remembered)
        {
            (_older, _recent) = (_recent, []);
        }

        foreach (ulong hash in beginnings)
        {
            _recent[hash] = lane;
        }
    }

    private ulong[] Hash(string salt, ReadOnlySpan<int> prompt)
    {
        var hashes = new ulong[prompt.Length / blockTokens];
        ulong hash = Offset;
        foreach (char character in salt)
        {
            hash = (hash ^ character) * Prime;
        }

        for (int block = 0; block < hashes.Length; block++)
        {
            foreach (uint token in MemoryMarshal.Cast<int, uint>(prompt.Slice(block * blockTokens, blockTokens)))
            {
                hash = (hash ^ token) * Prime;
            }

            hashes[block] = hash;
        }

        return hashes;
    }
}
