using Granary.Models;

namespace Granary.Benchmarks.Serve;

/// <summary>Text of a given length that says nothing.</summary>
/// <param name="tokenizer">Counts; without it a word is a token.</param>
internal sealed class ServeWords(ITokenizer? tokenizer)
{
    // Each is one token with a blank before it, for most tokenizers.
    private static readonly string[] Words =
    [
        "the", "of", "and", "to", "in", "is", "you", "that", "it", "he", "was", "for", "on", "are", "as", "with", "his", "they", "at", "be", "this", "have", "from", "or", "one", "had", "by", "word", "but", "not",
        "what", "all", "were", "we", "when", "your", "can", "said", "there", "use", "an", "each", "which", "she", "do", "how", "their", "if", "will", "up", "other", "about", "out", "many", "then", "them", "these", "so",
    ];

    /// <summary>So many tokens, or as nearly as words allow.</summary>
    public string Draw(int tokens, Random random)
    {
        var words = Enumerable.Range(0, tokens).Select(_ => Words[random.Next(Words.Length)]).ToList();
        if (tokenizer is null)
        {
            return string.Join(' ', words);
        }

        for (var missing = tokens - Count(words); missing != 0; missing = tokens - Count(words))
        {
            if (missing < 0)
            {
                words.RemoveRange(Math.Max(0, words.Count + missing), Math.Min(words.Count, -missing)); // no word has less than a token
            }
            else
            {
                words.Add(Words[random.Next(Words.Length)]);
            }

            if (Count(words) > tokens && missing > 0)
            {
                break; // the last word has more than were missing
            }
        }

        return string.Join(' ', words);
    }

    /// <summary>Two texts in a row.</summary>
    public static string Join(string one, string other) => one.Length == 0 ? other : other.Length == 0 ? one : $"{one} {other}";

    private int Count(List<string> words) => words.Count == 0 ? 0 : tokenizer!.Encode(string.Join(' ', words)).Length;
}
