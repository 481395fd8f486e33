namespace Granary.Benchmarks.Engine;

/// <summary>
/// Requests whose outputs vary as in chat: most are short, few are very long. One in sixteen has <see cref="LongTokens"/> tokens, the
/// others 8 to 24, in random order of arrival; all wait from the start.
/// </summary>
internal static class LengthMix
{
    public const int LongTokens = 512;

    private const int OneLongIn = 16;
    private const int FewestShort = 8;
    private const int MostShort = 24;
    private const int PromptTokens = 8;

    public static (int[] Prompt, int Tokens)[] Requests(int count, int vocabularySize)
    {
        var workload = new Workload(vocabularySize);
        var random = new Random(5);
        int[] lengths = [.. Enumerable.Range(0, count).Select(i => i % OneLongIn == 0 ? LongTokens : random.Next(FewestShort, MostShort + 1))];
        random.Shuffle(lengths);
        return [.. lengths.Select(length => (workload.Prompt(PromptTokens), length))];
    }
}
