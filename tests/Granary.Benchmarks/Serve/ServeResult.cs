namespace Granary.Benchmarks.Serve;

/// <summary>What became of one request. Milliseconds from when it was sent.</summary>
internal sealed record ServeResult
{
    /// <summary>Why it failed; <see langword="null"/> if it did not.</summary>
    public string? Error { get; init; }

    /// <summary>Tokens of the prompt, as the server counts them.</summary>
    public int InputTokens { get; init; }

    /// <summary>Tokens of the reply, as the server counts them.</summary>
    public int OutputTokens { get; init; }

    /// <summary>When it was sent, in seconds of a clock that all have.</summary>
    public double StartSeconds { get; init; }

    /// <summary>How long it had waited for its place, before.</summary>
    public double Queued { get; init; }

    /// <summary>The reply.</summary>
    public string Text { get; init; } = "";

    /// <summary>To the first piece of the reply.</summary>
    public double Ttft { get; init; }

    /// <summary>Between pieces of the reply, each gap.</summary>
    public IReadOnlyList<double> Itl { get; init; } = [];

    /// <summary>To the last piece of the reply.</summary>
    public double E2el => Ttft + Itl.Sum();

    /// <summary>Mean time of a token behind the first one; <see langword="null"/> where there is none.</summary>
    public double? Tpot => OutputTokens > 1 ? (E2el - Ttft) / (OutputTokens - 1) : null;
}
