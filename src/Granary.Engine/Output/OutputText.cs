using System.Text;
using Granary.Models;

namespace Granary.Engine.Output;

/// <summary>Turns one sequence's tokens into text that may be shown.</summary>
/// <param name="decoder">Decodes the tokens.</param>
/// <param name="stops">Strings that end the output.</param>
/// <param name="minTokens">Fewest tokens of an output that they end: text of earlier tokens is not searched.</param>
internal sealed class OutputText(ITokenStreamDecoder decoder, string[] stops, int minTokens = 0)
{
    private readonly StopMatcher _matcher = new(stops);
    private int _tokens;

    /// <summary>Adds a token; text that became certain goes to <paramref name="output"/>.</summary>
    /// <returns>Whether a stop string was completed.</returns>
    public bool Append(int token, StringBuilder output)
    {
        string text = decoder.Append(token);
        if (++_tokens < minTokens)
        {
            output.Append(text);
            return false;
        }

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
