using Granary.Models;

namespace Granary.Engine;

/// <summary>One generation.</summary>
public sealed record EngineRequest
{
    /// <summary>For logs and traces.</summary>
    public required string RequestId { get; init; }

    /// <summary>Token ids, at least one, each below the model's vocabulary size.</summary>
    public required ReadOnlyMemory<int> Prompt { get; init; }

    /// <summary>How tokens are chosen; gaps take the model's defaults, then the engine's.</summary>
    public SamplingParameters Sampling { get; init; } = new();

    /// <summary>Whether end-of-sequence tokens are output like any other, so that only stop strings and the limit end the output.</summary>
    public bool IgnoreEndOfSequence { get; init; }

    /// <summary>Lower starts earlier among the waiting; equal ones start in order of arrival.</summary>
    public int Priority { get; init; }
}
