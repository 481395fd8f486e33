using System.Diagnostics;

namespace Granary.Benchmarks.Gateways;

/// <summary>
/// Times to the first byte, as one thread sees them that looks again and again. Where the system let it stand still, what was on its way is not counted: it was sent late or seen late, by whom cannot be said.
/// </summary>
internal sealed class SeenArrivals
{
    // A look at some dozens of connections takes a tenth of it.
    private static readonly long LongestLook = Stopwatch.Frequency / 4_000;

    private readonly List<double> _times = [];
    private readonly List<(long Began, long Ended)> _stops = [];
    private long _looked = Stopwatch.GetTimestamp();
    private int _unseen;

    /// <summary>Milliseconds from when each was due to the first byte of its answer, ascending.</summary>
    public double[] Times => [.. _times.Order()];

    /// <summary>Percent that are not counted.</summary>
    public double Unseen => 100.0 * _unseen / (_unseen + _times.Count);

    /// <summary>Called at each look.</summary>
    /// <returns>Now, as <see cref="Stopwatch.GetTimestamp"/> counts.</returns>
    public long Look()
    {
        var now = Stopwatch.GetTimestamp();
        if (now - _looked > LongestLook)
        {
            _stops.Add((_looked, now));
        }

        return _looked = now;
    }

    /// <summary>Takes an answer that has ended.</summary>
    /// <param name="due">When it was to be asked for.</param>
    /// <param name="firstByteAt">When its first byte was seen.</param>
    public void Add(long due, long firstByteAt)
    {
        // A stop in which a byte was seen ends only with the next look.
        if (firstByteAt - _looked > LongestLook || StoodStill(due, firstByteAt))
        {
            _unseen++;
            return;
        }

        _times.Add(1000.0 * (firstByteAt - due) / Stopwatch.Frequency);
    }

    private bool StoodStill(long from, long to)
    {
        for (var i = _stops.Count - 1; i >= 0 && _stops[i].Ended >= from; i--)
        {
            if (_stops[i].Began <= to)
            {
                return true;
            }
        }

        return false;
    }
}
