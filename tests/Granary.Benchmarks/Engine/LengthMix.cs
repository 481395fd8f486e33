namespace Granary.Benchmarks.Engine;

/// <summary>
/// Requests whose outputs vary as in chat: most are short, few are very long. One in sixteen has <see cref="LongTokens"/> tokens, the
/// others 4 to 12, in random order of arrival; all wait from the start.
/// </summary>
internal static class LengthMix
{
    private const int LongTokens = 256;
    private const int OneLongIn = 16;
    private const int FewestShort = 4;
    private const int MostShort = 12;
    private const int PromptTokens = 8;

    /// <summary>What is measured, for whoever reads the figures.</summary>
    public static string Definition(int requests) =>
        $"{requests} requests, all waiting from the start in random order, prompts of {PromptTokens} tokens; one output in {OneLongIn} has {LongTokens} tokens, the others {FewestShort} to {MostShort}. " +
        "Continuous: the whole engine. Static: the same forward pass without scheduler; a batch has as many requests as there are slots, is computed until its longest output ends, and then the next one begins. Tokens that were asked for count, padding does not.";

    public static (int[] Prompt, int Tokens)[] Requests(int count, int vocabularySize)
    {
        var workload = new Workload(vocabularySize);
        var random = new Random(5);
        int[] lengths = [.. Enumerable.Range(0, count).Select(i => i % OneLongIn == 0 ? LongTokens : random.Next(FewestShort, MostShort + 1))];
        random.Shuffle(lengths);
        return [.. lengths.Select(length => (workload.Prompt(PromptTokens), length))];
    }
}
