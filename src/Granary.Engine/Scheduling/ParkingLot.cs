using Granary.Engine.Execution;

namespace Granary.Engine.Scheduling;

/// <summary>Host memory for keys and values of preempted sequences: equal pages, made when they are first needed and used again.</summary>
/// <param name="runner">Whose slots.</param>
/// <param name="pageTokens">Tokens of a page: of a KV block, so that an export can send pages as they are.</param>
/// <param name="maxBytes">Bytes of all pages at most.</param>
internal sealed class ParkingLot(IModelRunner runner, int pageTokens, long maxBytes)
{
    private readonly Stack<NativeBuffer> _free = [];
    private readonly int _pageBytes = checked(pageTokens * runner.TokenBytes);
    private long _pagesLeft = maxBytes / checked(pageTokens * runner.TokenBytes); // to be made

    /// <summary>Pages in use.</summary>
    public int UsedPages { get; private set; }

    /// <summary>Copies what a sequence has computed out of its slot.</summary>
    /// <returns><see langword="false"/> when there is no room for it.</returns>
    public bool TryPark(Sequence sequence)
    {
        int tokens = sequence.ComputedTokens;
        int pages = (tokens + pageTokens - 1) / pageTokens;
        if (pages > _free.Count + _pagesLeft)
        {
            return false;
        }

        var parked = new ParkedKv(new NativeBuffer[pages], tokens);
        sequence.Parked = parked;
        for (int page = 0; page < pages; page++)
        {
            parked.Pages[page] = Rent();
            runner.ReadKv(sequence.Slot!.Value, page * pageTokens, Bytes(parked, page));
        }

        return true;
    }

    /// <summary>Copies a parked sequence's keys and values into its new slot and gives its pages back.</summary>
    public void Restore(Sequence sequence)
    {
        ParkedKv parked = sequence.Parked ?? throw new InvalidOperationException($"Sequence {sequence.RequestId} is not parked.");
        for (int page = 0; page < parked.Pages.Length; page++)
        {
            runner.WriteKv(sequence.Slot!.Value, page * pageTokens, Bytes(parked, page));
        }

        Drop(sequence);
    }

    /// <summary>Gives a sequence's pages back.</summary>
    public void Drop(Sequence sequence)
    {
        foreach (NativeBuffer page in sequence.Parked?.Pages ?? [])
        {
            _free.Push(page);
            UsedPages--;
        }

        sequence.Parked = null;
    }

    /// <summary>Gives the memory of unused pages back.</summary>
    public void Trim()
    {
        while (_free.TryPop(out NativeBuffer? page))
        {
            page.Dispose();
            _pagesLeft++;
        }
    }

    /// <summary>A page of a parked sequence.</summary>
    /// <param name="parked">The sequence's.</param>
    /// <param name="firstToken">The page's first token.</param>
    /// <returns>Keys and values as <see cref="IModelRunner.ReadKv"/> gives them, of as many tokens as the page has.</returns>
    public ReadOnlySpan<byte> PageAt(ParkedKv parked, int firstToken) => Bytes(parked, firstToken / pageTokens);

    private Span<byte> Bytes(ParkedKv parked, int page) =>
        parked.Pages[page].Span<byte>(0, Math.Min(pageTokens, parked.Tokens - (page * pageTokens)) * runner.TokenBytes);

    private NativeBuffer Rent()
    {
        UsedPages++;
        if (_free.TryPop(out NativeBuffer? page))
        {
            return page;
        }

        _pagesLeft--;
        return new NativeBuffer(_pageBytes);
    }
}
