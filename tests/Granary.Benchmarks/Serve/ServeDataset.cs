using System.Text.Json;

namespace Granary.Benchmarks.Serve;

/// <summary>What is asked.</summary>
internal static class ServeDataset
{
    private const int SonnetLines = 20;

    // Each is one token with a blank before it, for most tokenizers.
    private static readonly string[] Words =
    [
        "the", "of", "and", "to", "in", "is", "you", "that", "it", "he", "was", "for", "on", "are", "as", "with", "his", "they", "at", "be", "this", "have", "from", "or", "one", "had", "by", "word", "but", "not",
        "what", "all", "were", "we", "when", "your", "can", "said", "there", "use", "an", "each", "which", "she", "do", "how", "their", "if", "will", "up", "other", "about", "out", "many", "then", "them", "these", "so",
    ];

    /// <summary>As many requests as <see cref="ServeOptions.NumPrompts"/> says; the same for the same seed.</summary>
    /// <exception cref="InvalidDataException">The dataset's file has nothing to ask.</exception>
    public static IReadOnlyList<ServeRequest> Load(ServeOptions options)
    {
        var random = new Random(options.Seed);
        Func<ServeRequest> next = options.DatasetName switch
        {
            "sharegpt" => From(ShareGpt(options), random),
            "sonnet" => From(Sonnets(options), random),
            _ => () => new ServeRequest(string.Join(' ', Enumerable.Range(0, options.RandomInputLen).Select(_ => Words[random.Next(Words.Length)])), options.RandomOutputLen),
        };
        return [.. Enumerable.Range(0, options.NumPrompts).Select(_ => next())];
    }

    private static Func<ServeRequest> From(ServeRequest[] requests, Random random) =>
        requests.Length == 0 ? throw new InvalidDataException("The dataset has nothing to ask.") : () => requests[random.Next(requests.Length)];

    // [{"conversations": [{"from": "human", "value": "…"}, {"from": "gpt", "value": "…"}, …]}, …]: the first question, and as many tokens as its answer has, roughly.
    private static ServeRequest[] ShareGpt(ServeOptions options)
    {
        const int CharactersOfAToken = 4;
        using var file = JsonDocument.Parse(File.ReadAllText(options.DatasetPath!.FullName));
        return [.. file.RootElement.EnumerateArray()
            .Select(entry => entry.GetProperty("conversations").EnumerateArray().Take(2).Select(turn => turn.GetProperty("value").GetString()!).ToArray())
            .Where(turns => turns.Length == 2 && turns[0].Length > 0)
            .Select(turns => new ServeRequest(turns[0], Math.Clamp(turns[1].Length / CharactersOfAToken, 1, options.RandomOutputLen)))];
    }

    // A file of lines; some in a row are to be gone on with.
    private static ServeRequest[] Sonnets(ServeOptions options)
    {
        string[] lines = [.. File.ReadLines(options.DatasetPath!.FullName).Where(line => line.Length > 0)];
        return [.. Enumerable.Range(0, Math.Max(0, lines.Length - SonnetLines + 1))
            .Select(first => new ServeRequest("Go on with these lines:\n" + string.Join('\n', lines.AsSpan(first, SonnetLines).ToArray()), options.RandomOutputLen))];
    }
}
