using Granary.Models;

namespace Granary.Engine.Kv.Transfer;

/// <summary>
/// All that a generation is, but for its keys and values: another engine goes on from it. Penalties, the sampler's
/// position, a constraint's state and text that is held back are functions of the tokens and the parameters, so that
/// replaying the tokens restores them.
/// </summary>
internal sealed record SequenceSnapshot
{
    /// <summary>Of the model; another model cannot go on.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>What the keys and values are, in hexadecimal; an engine whose cache differs computes them again.</summary>
    public required string KvIdentity { get; init; }

    public required string RequestId { get; init; }

    /// <summary>Prompt and output.</summary>
    public required int[] Tokens { get; init; }

    public required int PromptTokens { get; init; }

    /// <summary>Of the prompt's tokens those that were reused, for the usage.</summary>
    public required int CachedTokens { get; init; }

    /// <summary>Tokens whose keys and values follow.</summary>
    public required int ComputedTokens { get; init; }

    /// <summary>Every value that decides about tokens, the seed and the model's defaults included.</summary>
    public required SamplingParameters Sampling { get; init; }

    public required string Tenant { get; init; }

    public required double TenantWeight { get; init; }

    public required int Priority { get; init; }

    public required string CacheSalt { get; init; }
}
