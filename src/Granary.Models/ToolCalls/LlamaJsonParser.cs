namespace Granary.Models.ToolCalls;

/// <summary>Calls as JSON at the very beginning of an output, or behind another call and a semicolon. Text that begins otherwise has no calls.</summary>
internal sealed class LlamaJsonParser(CallReader calls) : IToolCallParser
{
    /// <summary>May stand before the first call.</summary>
    public const string Tag = "<|python_tag|>";

    private string _held = "";
    private int _scanned;
    private JsonExtent _json;
    private State _state = State.Beginning;

    private enum State
    {
        Beginning,
        Call,
        AfterCall,
        Content,
    }

    public ToolCallText Append(string text)
    {
        _held += text;
        List<ToolCall> read = [];
        while (_state switch { State.Beginning => Beginning(), State.Call => Call(read), State.AfterCall => AfterCall(), _ => false })
        {
        }

        return new ToolCallText(_state == State.Content ? Take() : "", [.. read]);
    }

    public ToolCallText Flush() => new(_state == State.AfterCall && string.IsNullOrWhiteSpace(_held) ? "" : Take(), []);

    /// <returns>Whether the state has changed, so that there may be more to do.</returns>
    private bool Beginning()
    {
        var rest = _held.AsSpan().TrimStart();
        var isTagged = rest.StartsWith(Tag, StringComparison.Ordinal);
        if (!isTagged && Tag.AsSpan().StartsWith(rest, StringComparison.Ordinal))
        {
            return false;
        }

        _scanned = _held.Length - rest.Length + (isTagged ? Tag.Length : 0);
        return Become(isTagged || rest[0] == '{' ? State.Call : State.Content);
    }

    private bool Call(List<ToolCall> read)
    {
        while (_scanned < _held.Length)
        {
            if (!_json.Append(_held[_scanned++]))
            {
                return Become(State.Content);
            }

            if (_json.IsComplete)
            {
                // The text of a call begins at its brace; what stands before it is white space, a tag or a semicolon.
                if (calls.Read(_held[_held.AsSpan().IndexOfAny('{', '[').._scanned]) is not { } complete)
                {
                    return Become(State.Content);
                }

                read.AddRange(complete);
                _held = _held[_scanned..];
                return Become(State.AfterCall);
            }
        }

        return false;
    }

    private bool AfterCall()
    {
        var rest = _held.AsSpan().TrimStart();
        if (rest.Length == 0)
        {
            return false;
        }

        if (rest[0] != ';')
        {
            return Become(State.Content);
        }

        (_json, _scanned) = (default, _held.Length - rest.Length + 1);
        return Become(State.Call);
    }

    private bool Become(State state)
    {
        _state = state;
        return true;
    }

    private string Take()
    {
        var held = _held;
        _held = "";
        return held;
    }
}
