using System.Text.Json.Serialization;
using Granary.Models;

namespace Granary.Engine;

/// <summary>One generation.</summary>
public sealed record EngineRequest
{
    /// <summary>For logs and traces.</summary>
    public required string RequestId { get; init; }

    /// <summary>Token ids, at least one, each below the model's vocabulary size.</summary>
    public required ReadOnlyMemory<int> Prompt { get; init; }

    /// <summary>
    /// What was generated of it already, where it ran before; at most as many tokens as it may have. <see langword="null"/> for a new one; empty where nothing came.
    /// It is replayed, not generated again, and the tokens behind it are those that would have come there.
    /// </summary>
    public ReadOnlyMemory<int>? Output { get; init; }

    /// <summary>How tokens are chosen; gaps take the model's defaults, then the engine's.</summary>
    public SamplingParameters Sampling { get; init; } = new();

    /// <summary>
    /// Whether the tokens of the prompt get log-probabilities, too; without effect where <see cref="Sampling"/> asks for none, or where tokens of the output have come already.
    /// They need the logits of every token, so that nothing of the prompt is reused.
    /// </summary>
    public bool ScoresPrompt { get; init; }

    /// <summary>Whether the text has special tokens too, as they are written; a token that ends the output never is in it.</summary>
    public bool ShowsSpecialTokens { get; init; }

    /// <summary>Whose request it is: tenants share the engine by their weights.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>The tenant's share relative to other tenants'; above 0.</summary>
    public double TenantWeight { get; init; } = 1;

    /// <summary>−100 to 100; lower starts earlier among the tenant's waiting requests, equal ones in order of arrival.</summary>
    public int Priority { get; init; }

    /// <summary>Secret of the tenant's that its KV blocks are hashed with: nobody finds, by hits or by timing, what others have cached.</summary>
    public string CacheSalt { get; init; } = "";

    /// <summary>The span that this is done for, as W3C's <c>traceparent</c>; <see langword="null"/> where nobody traces it.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Called on the engine's thread before anything of the prompt is computed; more than once where it is computed in parts. Must not take long.</summary>
    [JsonIgnore]
    public Action? Begun { get; init; }
}
