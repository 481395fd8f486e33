using System.Runtime.CompilerServices;

namespace Granary.Engine.Sampling;

/// <summary>
/// Picks the best tokens of a row. A candidate is one number that sorts ascending by falling logit, then rising id:
/// native comparisons, no comparer, no allocation.
/// </summary>
internal sealed class CandidateSelector(int vocabularySize)
{
    private readonly ulong[] _keys = new ulong[vocabularySize];

    /// <summary>A candidate of a logit and an id.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong KeyOf(float logit, int id)
    {
        int bits = BitConverter.SingleToInt32Bits(logit + 0f); // −0 becomes 0
        uint rising = (uint)(bits ^ ((bits >> 31) | int.MinValue));
        return ((ulong)~rising << 32) | (uint)id;
    }

    /// <summary>The id of a candidate.</summary>
    public static int IdOf(ulong key) => (int)(uint)key;

    /// <summary>The logit of a candidate, so that the row need not be looked at again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LogitOf(ulong key)
    {
        int rising = (int)~(uint)(key >> 32);
        return BitConverter.Int32BitsToSingle(rising ^ (~(rising >> 31) | int.MinValue));
    }

    /// <summary>Candidates that the device has chosen, as keys.</summary>
    /// <param name="logits">[K].</param>
    /// <param name="tokens">[K].</param>
    /// <param name="floor">Candidates below are left out.</param>
    public Span<ulong> From(ReadOnlySpan<float> logits, ReadOnlySpan<int> tokens, float floor)
    {
        int count = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            if (logits[i] >= floor)
            {
                _keys[count++] = KeyOf(logits[i], tokens[i]);
            }
        }

        return _keys.AsSpan(0, count);
    }

    /// <summary>The <paramref name="k"/> best tokens with logits of at least <paramref name="floor"/>, in no order.</summary>
    public Span<ulong> Best(ReadOnlySpan<float> logits, int k, float floor)
    {
        // A heap of the best so far with the worst of them on top; most logits fail the one comparison with the bar.
        Span<ulong> heap = _keys.AsSpan(0, k);
        int count = 0;
        float bar = floor;
        for (int id = 0; id < logits.Length; id++)
        {
            float logit = logits[id];
            if (logit < bar)
            {
                continue;
            }

            ulong key = KeyOf(logit, id);
            if (count < k)
            {
                SiftUp(heap, count++, key);
                if (count < k)
                {
                    continue;
                }
            }
            else if (key < heap[0])
            {
                SiftDown(heap, key);
            }

            bar = LogitOf(heap[0]);
        }

        return heap[..count];
    }

    /// <summary>All tokens with logits of at least <paramref name="floor"/>, by rising id.</summary>
    public Span<ulong> AtLeast(ReadOnlySpan<float> logits, float floor)
    {
        int count = 0;
        for (int id = 0; id < logits.Length; id++)
        {
            if (logits[id] >= floor)
            {
                _keys[count++] = KeyOf(logits[id], id);
            }
        }

        return _keys.AsSpan(0, count);
    }

    private static void SiftUp(Span<ulong> heap, int at, ulong key)
    {
        while (at > 0 && heap[(at - 1) / 2] < key)
        {
            heap[at] = heap[(at - 1) / 2];
            at = (at - 1) / 2;
        }

        heap[at] = key;
    }

    private static void SiftDown(Span<ulong> heap, ulong key)
    {
        int at = 0;
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= heap.Length)
            {
                break;
            }

            if (child + 1 < heap.Length && heap[child + 1] > heap[child])
            {
                child++;
            }

            if (heap[child] <= key)
            {
                break;
            }

            heap[at] = heap[child];
            at = child;
        }

        heap[at] = key;
    }
}
