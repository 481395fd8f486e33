namespace Granary.Models;

/// <summary>What a segment of a decoder takes.</summary>
public enum SegmentStart
{
    /// <summary><c>input_ids</c> i64 [B,S]: it begins with the embedding.</summary>
    Tokens,

    /// <summary><c>hidden_states</c> f32 [B,S,H].</summary>
    Hidden,

    /// <summary><c>hidden_states</c> f32 [B,S,H] and <c>delta</c> f32 [B,S,H], what experts that ran elsewhere add to it.</summary>
    HiddenAndDelta,
}
