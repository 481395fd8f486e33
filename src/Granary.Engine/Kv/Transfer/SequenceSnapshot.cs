namespace Granary.Engine.Kv.Transfer;

/// <summary>
/// All that a generation is, but for its keys and values: another engine goes on from it. Penalties, the sampler's
/// position, a constraint's state and text that is held back are functions of the tokens and the parameters, so that
/// replaying the output restores them.
/// </summary>
internal sealed record SequenceSnapshot
{
    /// <summary>Of the model; another model cannot go on.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>What the keys and values are, in hexadecimal; an engine whose cache differs computes them again.</summary>
    public required string KvIdentity { get; init; }

    /// <summary>The request, with every value filled in that decides about tokens: the seed, the model's defaults, the limit.</summary>
    public required EngineRequest Request { get; init; }

    /// <summary>The tokens generated.</summary>
    public required int[] Output { get; init; }

    /// <summary>Of the prompt's tokens those that were reused, for the usage.</summary>
    public required int CachedTokens { get; init; }

    /// <summary>Tokens of prompt and output whose keys and values came before, or follow.</summary>
    public required int ComputedTokens { get; init; }

    /// <summary>Whether the generation stands still, so that nothing comes after; if not, it goes on, what follows may end early, and a later snapshot follows.</summary>
    public required bool IsLast { get; init; }
}
