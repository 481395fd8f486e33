using System.Text.Json;

namespace Granary.Benchmarks.Serve;

/// <summary>What is asked; the same for the same seed.</summary>
/// <param name="options">The load.</param>
internal sealed class ServeDataset(ServeOptions options)
{
    // vLLM leaves conversations out that are shorter or longer.
    private const int ShortestTurn = 4;
    private const int LongestPrompt = 1024;
    private const int LongestTurn = 2048;
    private const double CharactersOfAToken = 4;

    private readonly Random _random = new(options.Seed);
    private readonly ServeWords _words = new(options.Tokenizer);
    private readonly DatasetOptions _dataset = options.Dataset;

    /// <summary>As many requests as <see cref="ServeOptions.NumPrompts"/> says, or fewer with <see cref="DatasetOptions.NoOversample"/>.</summary>
    /// <exception cref="InvalidDataException">The dataset's file has nothing to ask.</exception>
    public static IReadOnlyList<ServeRequest> Load(ServeOptions options) => new ServeDataset(options).Load();

    private ServeRequest[] Load()
    {
        ServeRequest[] requests = _dataset.Name switch
        {
            "sharegpt" => Sampled(ShareGpt()),
            "custom" => Sampled(Custom()),
            "sonnet" => Sonnets(),
            "prefix_repetition" => Repeated(),
            _ => Random(),
        };
        return requests.Length == 0 ? throw new InvalidDataException("The dataset has nothing to ask.") : requests;
    }

    private ServeRequest[] Random()
    {
        var prefix = _words.Draw(_dataset.RandomPrefixLen, _random);
        return [.. Enumerable.Range(0, options.NumPrompts).Select(_ => new ServeRequest(
            ServeWords.Join(prefix, _words.Draw(Near(_dataset.RandomInputLen), _random)), Math.Max(1, Near(_dataset.RandomOutputLen))))];
    }

    private int Near(int length)
    {
        var ratio = _dataset.RandomRangeRatio;
        return _random.Next((int)Math.Floor(length * (1 - ratio)), (int)Math.Ceiling(length * (1 + ratio)) + 1);
    }

    private ServeRequest[] Repeated()
    {
        var prefixes = Enumerable.Range(0, _dataset.NumPrefixes).Select(_ => _words.Draw(_dataset.PrefixLen, _random)).ToArray();
        var each = Math.Max(1, options.NumPrompts / prefixes.Length);
        ServeRequest[] requests = [.. prefixes.SelectMany(prefix => Enumerable.Range(0, each).Select(_ => new ServeRequest(ServeWords.Join(prefix, _words.Draw(_dataset.SuffixLen, _random)), _dataset.PrefixOutputLen)))];
        Shuffle(requests);
        return requests;
    }

    // [{"conversations": [{"from": "human", "value": "…"}, {"from": "gpt", "value": "…"}, …]}, …]: the first question, and as many tokens as its answer has.
    private ServeRequest[] ShareGpt()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(_dataset.Path!.FullName));
        return [.. file.RootElement.EnumerateArray()
            .Select(entry => entry.GetProperty("conversations").EnumerateArray().Take(2).Select(turn => turn.GetProperty("value").GetString()!).ToArray())
            .Where(turns => turns.Length == 2)
            .Select(turns => (Text: turns[0], Input: Count(turns[0]), Output: _dataset.ShareGptOutputLen ?? Count(turns[1])))
            .Where(turn => turn.Input is >= ShortestTurn and <= LongestPrompt && turn.Output >= (_dataset.ShareGptOutputLen is null ? ShortestTurn : 1) && turn.Input + turn.Output <= LongestTurn)
            .Select(turn => new ServeRequest(turn.Text, turn.Output))];
    }

    // Lines of {"prompt": "…", "output_tokens": 100}.
    private ServeRequest[] Custom() => [.. File.ReadLines(_dataset.Path!.FullName).Where(line => line.Length > 0).Select(line =>
    {
        using var entry = JsonDocument.Parse(line);
        return new ServeRequest(entry.RootElement.GetProperty("prompt").GetString()!, _dataset.CustomOutputLen > 0 ? _dataset.CustomOutputLen : entry.RootElement.GetProperty("output_tokens").GetInt32());
    })];

    // Lines of a file, to be gone on with: the first ones in all prompts, then some of all of them.
    private ServeRequest[] Sonnets()
    {
        const string Instruction = "Go on with these lines:";
        string[] lines = [.. File.ReadLines(_dataset.Path!.FullName).Where(line => line.Length > 0)];
        if (lines.Length == 0)
        {
            return [];
        }

        var mean = lines.Average(line => (double)Count(line + "\n"));
        int Lines(int length) => Math.Max(0, (int)Math.Round((length - Count(Instruction)) / mean));
        var (shared, all) = (Lines(_dataset.SonnetPrefixLen), Math.Max(1, Lines(_dataset.SonnetInputLen)));
        return [.. Enumerable.Range(0, options.NumPrompts).Select(_ =>
        {
            var own = Enumerable.Range(0, Math.Max(0, all - shared)).Select(_ => lines[_random.Next(lines.Length)]);
            return new ServeRequest(string.Join('\n', [Instruction, .. lines.Take(shared), .. own]), _dataset.SonnetOutputLen);
        })];
    }

    private ServeRequest[] Sampled(ServeRequest[] requests)
    {
        Shuffle(requests);
        return requests.Length >= options.NumPrompts || _dataset.NoOversample || requests.Length == 0
            ? [.. requests.Take(options.NumPrompts)]
            : [.. requests, .. Enumerable.Range(0, options.NumPrompts - requests.Length).Select(_ => requests[_random.Next(requests.Length)])];
    }

    private void Shuffle(ServeRequest[] requests)
    {
        if (!_dataset.DisableShuffle)
        {
            _random.Shuffle(requests);
        }
    }

    private int Count(string text) => options.Tokenizer?.Encode(text).Length ?? (int)Math.Ceiling(text.Length / CharactersOfAToken);
}
