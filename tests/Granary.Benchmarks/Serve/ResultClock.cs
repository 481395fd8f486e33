using System.Diagnostics;

namespace Granary.Benchmarks.Serve;

/// <summary>Times the pieces of one reply.</summary>
internal sealed class ResultClock
{
    private readonly List<double> _gaps = [];
    private long _last = Stopwatch.GetTimestamp();
    private double? _ttft;

    /// <summary>A piece has come.</summary>
    public void Piece()
    {
        var now = Stopwatch.GetTimestamp();
        var gap = Stopwatch.GetElapsedTime(_last, now).TotalMilliseconds;
        _last = now;
        if (_ttft is null)
        {
            _ttft = gap;
        }
        else
        {
            _gaps.Add(gap);
        }
    }

    /// <summary>The reply has ended.</summary>
    public ServeResult End(int inputTokens, int outputTokens) => _ttft is { } ttft
        ? new ServeResult { InputTokens = inputTokens, OutputTokens = outputTokens, Ttft = ttft, Itl = _gaps }
        : new ServeResult { Error = "the reply was empty" };
}
