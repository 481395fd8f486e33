using System.Text;

namespace Granary.Models.ToolCalls;

/// <summary>Calls as JSON between marks, anywhere in the text: content, mark, JSON, perhaps a mark that ends it, and so on.</summary>
/// <param name="marker">The mark that begins calls.</param>
/// <param name="end">The mark that ends them; empty where there is none. Its absence at the end of the output is forgiven.</param>
/// <param name="calls">Reads the JSON.</param>
/// <param name="isBegun">Whether the output begins behind a mark that was written for the model.</param>
internal sealed class MarkedCallParser(string marker, string end, CallReader calls, bool isBegun) : IToolCallParser
{
    private readonly List<ToolCall> _calls = [];
    private readonly StringBuilder _content = new();
    private string _held = ""; // not yet given out: white space and what may be a mark, or the call from its mark on
    private bool _hasCalls;
    private int _scanned; // of _held, while in a call: what _json has seen
    private JsonExtent _json;
    private string _opening = isBegun ? "" : marker; // as it stands before the JSON, to be shown if there is no call
    private State _state = isBegun ? State.Call : State.Content;

    private enum State
    {
        Content,
        Call,
        AfterCall,
    }

    public ToolCallText Append(string text)
    {
        _held += text;
        while (_state switch { State.Content => Content(), State.Call => Call(), _ => AfterCall() })
        {
        }

        return Take();
    }

    public ToolCallText Flush()
    {
        // A call that never became complete is text, and so is everything behind it.
        var isRemainder = _state == State.AfterCall || (_state == State.Content && _hasCalls && string.IsNullOrWhiteSpace(_held));
        _content.Append(_state == State.Call ? _opening + _held : isRemainder ? "" : _held);
        _held = "";
        return Take();
    }

    /// <returns>Whether the state has changed, so that there may be more to do.</returns>
    private bool Content()
    {
        var at = _held.IndexOf(marker, StringComparison.Ordinal);
        var certain = at >= 0 ? at : _held.Length - TextEnd.LengthOfPrefixOf(marker, _held);

        // White space before a call belongs to the call.
        var shown = _held.AsSpan(0, certain).TrimEnd().Length;
        _content.Append(_held.AsSpan(0, shown));
        if (at < 0)
        {
            _held = _held[shown..];
            return false;
        }

        _opening = _held[shown..(at + marker.Length)];
        _held = _held[(at + marker.Length)..];
        (_json, _scanned, _state) = (default, 0, State.Call);
        return true;
    }

    private bool Call()
    {
        while (_scanned < _held.Length)
        {
            if (!_json.Append(_held[_scanned++]))
            {
                return Refuse();
            }

            if (_json.IsComplete)
            {
                if (calls.Read(_held[.._scanned]) is not { } read)
                {
                    return Refuse();
                }

                _calls.AddRange(read);
                _hasCalls = true;
                _held = _held[_scanned..];
                _state = end.Length == 0 ? State.Content : State.AfterCall;
                return true;
            }
        }

        return false;
    }

    private bool AfterCall()
    {
        var rest = _held.AsSpan().TrimStart();
        if (rest.StartsWith(end, StringComparison.Ordinal))
        {
            _held = rest[end.Length..].ToString();
        }
        else if (end.AsSpan().StartsWith(rest, StringComparison.Ordinal))
        {
            return false;
        }

        _state = State.Content;
        return true;
    }

    /// <summary>Shows the mark as text; what follows it is content again, in which another call may begin.</summary>
    private bool Refuse()
    {
        _content.Append(_opening);
        _state = State.Content;
        return true;
    }

    private ToolCallText Take()
    {
        var taken = new ToolCallText(_content.ToString(), [.. _calls]);
        _content.Clear();
        _calls.Clear();
        return taken;
    }
}
