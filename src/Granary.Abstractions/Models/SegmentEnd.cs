namespace Granary.Models;

/// <summary>What a segment of a decoder gives.</summary>
public enum SegmentEnd
{
    /// <summary><c>logits</c> f32 [R,V] of the rows that <c>logit_rows</c> i64 [R] names: it ends with the final norm and the head.</summary>
    Logits,

    /// <summary><c>next_hidden_states</c> f32 [B,S,H].</summary>
    Hidden,

    /// <summary>
    /// Its last layer ends before its experts: <c>expert_input</c> f32 [B,S,H], <c>router_logits</c> f32 [B·S,E] and <c>next_hidden_states</c> f32 [B,S,H],
    /// to which the experts' sum is still to be added.
    /// </summary>
    Router,
}
