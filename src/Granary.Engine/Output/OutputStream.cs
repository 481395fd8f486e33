using System.Text;
using System.Threading.Channels;
using Granary.Models;
using Granary.Serving;

namespace Granary.Engine.Output;

/// <summary>
/// Carries one sequence's output from the engine's thread to its reader. What the reader has not taken yet is joined into
/// one output, so a slow one costs no more memory than its own tokens and never holds the engine up.
/// </summary>
internal sealed class OutputStream
{
    private readonly Lock _lock = new();
    private readonly List<int> _tokens = [];
    private readonly StringBuilder _text = new();
    private readonly Channel<bool> _ready = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true, AllowSynchronousContinuations = false });
    private int _taken;
    private FinishReason? _finishReason;
    private TokenUsage? _usage;

    /// <summary>Adds a step's token and text.</summary>
    public void Write(int token, StringBuilder text)
    {
        lock (_lock)
        {
            _tokens.Add(token);
            _text.Append(text);
        }

        _ready.Writer.TryWrite(true);
    }

    /// <summary>Ends the stream with the sequence's last token.</summary>
    public void Finish(int token, StringBuilder text, FinishReason reason, TokenUsage usage)
    {
        lock (_lock)
        {
            _tokens.Add(token);
            _text.Append(text);
            _finishReason = reason;
            _usage = usage;
        }

        _ready.Writer.TryWrite(true);
        _ready.Writer.TryComplete();
    }

    /// <summary>Ends the stream with an error, once what was written before is read.</summary>
    public void Fail(Exception error) => _ready.Writer.TryComplete(error);

    /// <summary>Waits for output.</summary>
    /// <returns>The output since the last call, or <see langword="null"/> at the end.</returns>
    public async ValueTask<EngineOutput?> ReadAsync(CancellationToken ct)
    {
        while (await _ready.Reader.WaitToReadAsync(ct))
        {
            _ready.Reader.TryRead(out _);
            if (Take() is { } output)
            {
                return output;
            }
        }

        return null;
    }

    private EngineOutput? Take()
    {
        lock (_lock)
        {
            if (_tokens.Count == 0)
            {
                return null;
            }

            var output = new EngineOutput
            {
                FirstIndex = _taken,
                Tokens = [.. _tokens],
                Text = _text.ToString(),
                FinishReason = _finishReason,
                Usage = _usage,
            };
            _taken += _tokens.Count;
            _tokens.Clear();
            _text.Clear();
            return output;
        }
    }
}
