namespace Granary.Benchmarks.Engine;

/// <summary>Prompts of a run: random tokens, never the same twice, so that no prefix cache answers.</summary>
internal sealed class Workload(int vocabularySize)
{
    /// <summary>Tokens of the prompt whose prefill is timed.</summary>
    public const int PrefillTokens = 512;

    /// <summary>Tokens of the prompts before a timed decode; fewer in a quick run, most of which they would take.</summary>
    public const int PromptTokens = 16;
    private const int QuickPromptTokens = 8;

    private readonly Random _random = new(20_261_125);

    /// <summary>Streams that decode at once.</summary>
    public static IReadOnlyList<int> Batches { get; } = [1, 8, 16, 32];

    public int[] Prompt(int tokens)
    {
        var prompt = new int[tokens];
        for (var i = 0; i < tokens; i++)
        {
            prompt[i] = _random.Next(vocabularySize);
        }

        return prompt;
    }

    public int[][] Prompts(int count, bool quick) => [.. Enumerable.Range(0, count).Select(_ => Prompt(quick ? QuickPromptTokens : PromptTokens))];
}
