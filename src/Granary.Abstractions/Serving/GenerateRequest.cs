using Granary.Models;

namespace Granary.Serving;

/// <summary>One generation, as a session or a gateway asks a replica for it.</summary>
[GenerateSerializer, Immutable, Alias("granary.generate")]
public sealed record GenerateRequest
{
    /// <summary>Unique; for logs and traces.</summary>
    [Id(0)] public required string RequestId { get; init; }

    /// <summary>The conversation's id, if it is one; replicas keep KV by it.</summary>
    [Id(1)] public string? SessionId { get; init; }

    /// <summary>The conversation so far, rendered by the model's chat template. Exactly one of <see cref="Messages"/> and <see cref="Prompt"/> is set.</summary>
    [Id(2)] public ChatMessage[]? Messages { get; init; }

    /// <summary>Raw text, tokenised as it stands.</summary>
    [Id(3)] public string? Prompt { get; init; }

    /// <summary>How tokens are chosen.</summary>
    [Id(4)] public SamplingParameters Sampling { get; init; } = new();

    /// <summary>Outputs wanted. Where <see cref="Sampling"/> has a seed, output i takes seed + i.</summary>
    [Id(5)] public int Choices { get; init; } = 1;

    /// <summary>Functions that the model may call.</summary>
    [Id(6)] public ToolUse? Tools { get; init; }
}
