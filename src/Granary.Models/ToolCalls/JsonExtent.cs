namespace Granary.Models.ToolCalls;

/// <summary>Finds where a JSON object or array ends in text that comes in pieces; each character is looked at once.</summary>
internal struct JsonExtent
{
    private int _depth;
    private bool _isInString;
    private bool _isEscaped;

    /// <summary>Whether the value has begun.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether the value is complete.</summary>
    public readonly bool IsComplete => HasBegun && _depth == 0;

    /// <summary>Takes a character in. White space before the value is skipped.</summary>
    /// <returns><see langword="false"/> when there is no object or array.</returns>
    public bool Append(char c)
    {
        if (!HasBegun)
        {
            if (c is '{' or '[')
            {
                HasBegun = true;
                _depth = 1;
            }

            return HasBegun || char.IsWhiteSpace(c);
        }

        if (_isInString)
        {
            _isInString = _isEscaped || c != '"';
            _isEscaped = !_isEscaped && c == '\\';
            return true;
        }

        _isInString = c == '"';
        _depth += c is '{' or '[' ? 1 : c is '}' or ']' ? -1 : 0;
        return true;
    }
}
