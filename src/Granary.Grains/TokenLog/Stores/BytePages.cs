namespace Granary.TokenLog.Stores;

/// <summary>
/// The bytes of many turns in large pages that are used again: the garbage collector neither copies them nor looks through them, where an array for each turn would be most of its work. Not for several threads.
/// </summary>
internal sealed class BytePages
{
    private const int PageSize = 1 << 20;

    private readonly Stack<Page> _free = new();
    private Page _current = new(PageSize);

    /// <summary>Copies bytes to where they stay until <see cref="Release"/>.</summary>
    public Place Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > PageSize - _current.Used)
        {
            Leave(bytes.Length);
        }

        var place = new Place(_current, _current.Used, bytes.Length);
        bytes.CopyTo(_current.Bytes.AsSpan(_current.Used));
        _current.Used += bytes.Length;
        _current.Places++;
        return place;
    }

    /// <summary>They are needed no more.</summary>
    public void Release(Place place)
    {
        if (--place.Page.Places == 0 && place.Page != _current && place.Page.Bytes.Length == PageSize)
        {
            place.Page.Used = 0;
            _free.Push(place.Page);
        }
    }

    // One that is too long for any page has its own.
    private void Leave(int length) => _current = length > PageSize ? new Page(length) : _free.TryPop(out var free) ? free : new Page(PageSize);

    /// <summary>Where bytes are.</summary>
    public readonly record struct Place(Page Page, int Start, int Length)
    {
        public ReadOnlySpan<byte> Bytes => Page.Bytes.AsSpan(Start, Length);
    }

    /// <summary>A page, with how many <see cref="Place"/>s are on it.</summary>
    public sealed class Page(int size)
    {
        public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(size);

        public int Used { get; set; }

        public int Places { get; set; }
    }
}
