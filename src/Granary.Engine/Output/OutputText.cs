using System.Text;
using Granary.Models;

namespace Granary.Engine.Output;

/// <summary>Turns one sequence's tokens into text that may be shown.</summary>
internal sealed class OutputText(ITokenStreamDecoder decoder, string[] stops)
{
    private readonly StopMatcher _matcher = new(stops);

    /// <summary>Adds a token; text that became certain goes to <paramref name="output"/>.</summary>
    /// <returns>Whether a stop string was completed.</returns>
    public bool Append(int token, StringBuilder output)
    {
        string text = decoder.Append(token);
        return text.Length > 0 && _matcher.Append(text, output);
    }

    /// <summary>Ends the text.</summary>
    /// <returns>Whether what was held back completed a stop string.</returns>
    public bool Flush(StringBuilder output)
    {
        bool stopped = _matcher.Append(decoder.Flush(), output);
        if (!stopped)
        {
            _matcher.Flush(output);
        }

        return stopped;
    }
}
