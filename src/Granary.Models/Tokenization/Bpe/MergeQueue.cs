namespace Granary.Models.Tokenization.Bpe;

/// <summary>
/// Positions waiting to be merged, the least rank first and within a rank from left to right. Nearly all come in that order within
/// their rank, so each rank is a linked list through the positions; the others go through a heap.
/// </summary>
internal sealed class MergeQueue(int ranks)
{
    private const int None = -1;
    private readonly RankSet _ranks = new(ranks);
    private readonly int[] _first = NewList(ranks);
    private readonly int[] _last = NewList(ranks);
    private readonly PriorityQueue<long, long> _late = new();
    private int[] _rank = [];
    private int[] _after = [];
    private int[] _before = [];

    /// <summary>How many additions and removals there were since the last <see cref="Reset"/>.</summary>
    public long Operations { get; private set; }

    /// <summary>Makes room for positions below <paramref name="positions"/>. The queue must be empty.</summary>
    public void Reset(int positions)
    {
        if (_rank.Length < positions)
        {
            (_rank, _after, _before) = (new int[positions], new int[positions], new int[positions]);
        }

        _rank.AsSpan(0, positions).Fill(None);
        _late.Clear();
        Operations = 0;
    }

    /// <summary>Adds a position that is not in the queue.</summary>
    public void Add(int position, int rank)
    {
        Operations++;
        _rank[position] = rank;
        var last = _last[rank];
        if (last > position)
        {
            _before[position] = position;
            _late.Enqueue(Key(rank, position), Key(rank, position));
            return;
        }

        _before[position] = last;
        _after[position] = None;
        _last[rank] = position;
        if (last == None)
        {
            _first[rank] = position;
            _ranks.Add(rank);
        }
        else
        {
            _after[last] = position;
        }
    }

    /// <summary>Removes a position if it is in the queue.</summary>
    public void Remove(int position)
    {
        var rank = _rank[position];
        if (rank == None)
        {
            return;
        }

        Operations++;
        _rank[position] = None;
        var (before, after) = (_before[position], _after[position]);
        if (before == position)
        {
            return; // a late one: the heap forgets it when it comes up
        }

        (before == None ? ref _first[rank] : ref _after[before]) = after;
        (after == None ? ref _last[rank] : ref _before[after]) = before;
        if (_first[rank] == None)
        {
            _ranks.Remove(rank);
        }
    }

    /// <summary>Takes the next position, or -1.</summary>
    public int Take()
    {
        var rank = _ranks.Least();
        var next = rank < 0 ? long.MaxValue : Key(rank, _first[rank]);
        while (_late.TryPeek(out var late, out _) && late < next)
        {
            _late.Dequeue();
            if (_rank[(int)late] == (int)(late >> 32))
            {
                next = late;
                break;
            }
        }

        if (next == long.MaxValue)
        {
            return None;
        }

        Remove((int)next);
        return (int)next;
    }

    private static long Key(int rank, int position) => ((long)rank << 32) | (uint)position;

    private static int[] NewList(int ranks)
    {
        var list = new int[ranks];
        Array.Fill(list, None);
        return list;
    }
}
