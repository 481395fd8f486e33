using System.Diagnostics;
using System.Text;
using Granary.Models;

namespace Granary.Benchmarks.Serve;

/// <summary>Times the pieces of one reply.</summary>
/// <param name="tokenizer">Counts tokens where the server did not.</param>
internal sealed class ResultClock(ITokenizer? tokenizer = null)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly List<double> _gaps = [];
    private readonly StringBuilder _text = new();
    private long _last = Stopwatch.GetTimestamp();
    private double? _ttft;

    /// <summary>A piece has come.</summary>
    public void Piece(string text)
    {
        var now = Stopwatch.GetTimestamp();
        var gap = Stopwatch.GetElapsedTime(_last, now).TotalMilliseconds;
        _last = now;
        _text.Append(text);
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
    /// <param name="inputTokens">Tokens of the prompt, as the server counted them.</param>
    /// <param name="outputTokens">Tokens of the reply; <see langword="null"/> if the server did not count them.</param>
    public ServeResult End(int inputTokens, int? outputTokens) => _ttft is { } ttft
        ? new ServeResult
        {
            InputTokens = inputTokens,
            OutputTokens = outputTokens ?? tokenizer?.Encode(_text.ToString()).Length ?? _gaps.Count + 1,
            StartSeconds = _start / (double)Stopwatch.Frequency,
            Text = _text.ToString(),
            Ttft = ttft,
            Itl = _gaps,
        }
        : new ServeResult { Error = "the reply was empty" };
}
