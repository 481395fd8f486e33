namespace Granary.Models;

/// <summary>A part of a decoder that is one graph. B rows, S new tokens a row, H the hidden size.</summary>
/// <param name="Start">What it takes.</param>
/// <param name="Layers">Its layers; none is possible at the end of a model.</param>
/// <param name="End">What it gives.</param>
public readonly record struct GraphSegment(SegmentStart Start, LayerRange Layers, SegmentEnd End)
{
    /// <summary>A whole decoder: token ids to logits.</summary>
    public static GraphSegment Whole(int layers) => new(SegmentStart.Tokens, new LayerRange(0, layers), SegmentEnd.Logits);
}
