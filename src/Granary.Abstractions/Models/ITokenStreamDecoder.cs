namespace Granary.Models;

/// <summary>Decodes one token at a time. The pieces concatenated equal <see cref="ITokenizer.Decode"/> of all tokens. Not thread-safe.</summary>
public interface ITokenStreamDecoder
{
    /// <summary>The text that became certain with <paramref name="token"/>; empty while a character is unfinished.</summary>
    string Append(int token);

    /// <summary>What was held back, as U+FFFD where bytes are missing.</summary>
    string Flush();
}
