namespace Granary.Benchmarks.Serve;

/// <summary>What is asked, with the names and defaults of vLLM's <c>bench serve</c>. Lengths are in tokens.</summary>
internal sealed record DatasetOptions
{
    /// <summary><c>random</c>, <c>prefix_repetition</c>, <c>sharegpt</c>, <c>sonnet</c> or <c>custom</c>.</summary>
    public string Name { get; init; } = "random";

    /// <summary>The file of the last three.</summary>
    public FileInfo? Path { get; init; }

    /// <summary>Whether entries keep their order.</summary>
    public bool DisableShuffle { get; init; }

    /// <summary>Whether a file of few entries makes few requests.</summary>
    public bool NoOversample { get; init; }

    /// <summary>Of a random prompt.</summary>
    public int RandomInputLen { get; init; } = 1024;

    /// <summary>Of the reply to it.</summary>
    public int RandomOutputLen { get; init; } = 128;

    /// <summary>By how much both may be less and more, 0–1.</summary>
    public double RandomRangeRatio { get; init; }

    /// <summary>What all random prompts begin with.</summary>
    public int RandomPrefixLen { get; init; }

    /// <summary>What prompts of <c>prefix_repetition</c> share.</summary>
    public int PrefixLen { get; init; } = 256;

    /// <summary>What they do not share.</summary>
    public int SuffixLen { get; init; } = 256;

    /// <summary>How many such beginnings there are.</summary>
    public int NumPrefixes { get; init; } = 10;

    /// <summary>Of the replies.</summary>
    public int PrefixOutputLen { get; init; } = 128;

    /// <summary>Of a reply to ShareGPT; <see langword="null"/>: as long as the one there.</summary>
    public int? ShareGptOutputLen { get; init; }

    /// <summary>Of a prompt of lines.</summary>
    public int SonnetInputLen { get; init; } = 550;

    /// <summary>Of the reply to it.</summary>
    public int SonnetOutputLen { get; init; } = 150;

    /// <summary>What all prompts of lines begin with.</summary>
    public int SonnetPrefixLen { get; init; } = 200;

    /// <summary>Of a reply to an own prompt; -1: as its entry says.</summary>
    public int CustomOutputLen { get; init; } = 256;
}
