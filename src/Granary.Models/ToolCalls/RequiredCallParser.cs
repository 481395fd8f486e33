using System.Text;

namespace Granary.Models.ToolCalls;

/// <summary>
/// Reads calls that the model was held to by <see cref="IToolCallFormat.RequiredSchema"/>: <c>{"name": …, "arguments": {…}}</c> or a list of such, from the output's first character on.
/// What such text will be is certain while it is being written, so that a call is announced as soon as its name is known, and its arguments follow in pieces. Text that is not what the
/// schema says is left to another parser, up to the first name; behind it, it is content. Not thread-safe.
/// </summary>
/// <remarks>What has been handed out is a function of the text so far, however it was cut: an output that goes on elsewhere goes on in the middle of a call.</remarks>
/// <param name="tools">The functions.</param>
/// <param name="argumentsName">What the member with the arguments is called.</param>
/// <param name="isList">Whether the calls are a list.</param>
/// <param name="otherwise">Reads text that is none of these.</param>
internal sealed class RequiredCallParser(ToolUse tools, string argumentsName, bool isList, IToolCallParser otherwise) : IToolCallParser
{
    private readonly StringBuilder _head = new(); // the call, or what stands before it, up to its name
    private readonly StringBuilder _string = new(); // the string that is being read
    private readonly List<(string Id, string Name, StringBuilder Arguments)> _pieces = [];
    private JsonExtent _arguments;
    private State _state = isList ? State.List : State.Call;
    private bool _hasCalls;
    private int _completed;

    private enum State
    {
        List, // before [
        Call, // before {
        NameKey,
        NameKeyText,
        NameColon,
        Name,
        NameText,
        Comma,
        ArgumentsKey,
        ArgumentsKeyText,
        ArgumentsColon,
        Arguments,
        CallEnd, // before }
        AfterCall, // in a list: before , or ]
        End,
        Other,
    }

    public ToolCallText Append(string text)
    {
        for (var at = 0; at < text.Length && _state != State.Other; at++)
        {
            if (!Take(text[at]))
            {
                _state = State.Other;
                return Hand(_hasCalls ? new ToolCallText(text[at..], []) : otherwise.Append(_head.ToString() + text[at..]));
            }
        }

        return Hand(_state != State.Other ? default : _hasCalls ? new ToolCallText(text, []) : otherwise.Append(text));
    }

    public ToolCallText Flush()
    {
        if (_hasCalls)
        {
            return Hand(default); // cut off in a call: it stays one, with the arguments that it has
        }

        var (content, calls) = _state == State.Other ? new ToolCallText("", []) : otherwise.Append(_head.ToString());
        var (rest, last) = otherwise.Flush();
        return Hand(new ToolCallText(content + rest, [.. calls, .. last]));
    }

    /// <returns>Whether the character may stand here.</returns>
    private bool Take(char c)
    {
        if (!_hasCalls)
        {
            _head.Append(c);
        }

        var isTaken = Next(c);
        if (!isTaken && !_hasCalls)
        {
            _head.Length--; // it is given to the other parser with what follows
        }

        return isTaken;
    }

    private bool Next(char c) => _state switch
    {
        State.NameKeyText => Read(c, "name", State.NameColon),
        State.ArgumentsKeyText => Read(c, argumentsName, State.ArgumentsColon),
        State.NameText => ReadName(c),
        State.Arguments => ReadArguments(c),
        _ when char.IsWhiteSpace(c) => true,
        State.List => c == '[' && Become(State.Call),
        State.Call => c == '{' && Become(State.NameKey),
        State.NameKey => c == '"' && Become(State.NameKeyText),
        State.NameColon => c == ':' && Become(State.Name),
        State.Name => c == '"' && Become(State.NameText),
        State.Comma => c == ',' && Become(State.ArgumentsKey),
        State.ArgumentsKey => c == '"' && Become(State.ArgumentsKeyText),
        State.ArgumentsColon => c == ':' && Become(State.Arguments),
        State.CallEnd => c == '}' && EndCall(),
        State.AfterCall => c switch { ',' => Become(State.Call), ']' => Become(State.End), _ => false },
        _ => false,
    };

    private bool Read(char c, string expected, State next)
    {
        if (c != '"')
        {
            _string.Append(c);
            return _string.Length <= expected.Length;
        }

        return _string.Equals(expected) && Become(next);
    }

    private bool ReadName(char c)
    {
        if (c != '"')
        {
            _string.Append(c);
            return c != '\\'; // names need no escapes
        }

        if (tools.Definitions.FirstOrDefault(tool => _string.Equals(tool.Name)) is not { } called)
        {
            return false;
        }

        _pieces.Add((CallReader.NewId(), called.Name, new StringBuilder()));
        _hasCalls = true;
        return Become(State.Comma);
    }

    private bool ReadArguments(char c)
    {
        if (!_arguments.HasBegun && c != '{')
        {
            return char.IsWhiteSpace(c);
        }

        if (_pieces.Count == 0)
        {
            _pieces.Add(("", "", new StringBuilder()));
        }

        _arguments.Append(c);
        _pieces[^1].Arguments.Append(c);
        return !_arguments.IsComplete || Become(State.CallEnd);
    }

    private bool EndCall()
    {
        _completed++;
        return Become(isList ? State.AfterCall : State.End);
    }

    private bool Become(State state)
    {
        _string.Clear();
        _arguments = state == State.Arguments ? default : _arguments;
        _state = state;
        return true;
    }

    private ToolCallText Hand(ToolCallText other)
    {
        var handed = new ToolCallText(other.Content ?? "", [.. _pieces.Select(piece => new ToolCall(piece.Id, piece.Name, piece.Arguments.ToString())), .. other.Calls ?? []])
        {
            Completed = _completed + other.Completed,
        };
        _pieces.Clear();
        _completed = 0;
        return handed;
    }
}
