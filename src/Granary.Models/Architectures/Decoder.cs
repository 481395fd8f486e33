using Granary.Models.Checkpoints;

namespace Granary.Models.Architectures;

/// <summary>A decoder as the graph writer needs it: which tensors make up which part.</summary>
/// <param name="Config">Sizes.</param>
/// <param name="Embedding">[vocabulary, hidden].</param>
/// <param name="Layers">The layers.</param>
/// <param name="FinalNorm">[hidden].</param>
/// <param name="Head">[vocabulary, hidden]; the embedding itself when tied.</param>
internal sealed record Decoder(ModelConfig Config, MatrixRef Embedding, IReadOnlyList<DecoderLayer> Layers, MatrixRef FinalNorm, MatrixRef Head)
{
    /// <summary>Every part of the checkpoint that the decoder uses; the tied head counts once.</summary>
    public IEnumerable<MatrixRef> Tensors()
    {
        yield return Embedding;
        yield return FinalNorm;
        if (Head != Embedding)
        {
            yield return Head;
        }

        foreach (var part in Layers.SelectMany(LayerTensors))
        {
            yield return part;
        }
    }

    private static IEnumerable<MatrixRef> LayerTensors(DecoderLayer layer)
    {
        var attention = layer.Attention;
        IEnumerable<Linear> linears = [attention.Query, attention.Key, attention.Value, attention.Output];
        IEnumerable<MatrixRef?> parts = [layer.InputNorm, layer.PostAttentionNorm, attention.QueryNorm, attention.KeyNorm];
        switch (layer.FeedForward)
        {
            case DenseFeedForward dense:
                linears = [.. linears, dense.Gate, dense.Up, dense.Down];
                break;
            case MoeFeedForward moe:
                linears = [.. linears, moe.Router];
                parts = [.. parts, .. moe.Experts.SelectMany(expert => new[] { expert.Gate, expert.Up, expert.Down })];
                break;
        }

        return parts.Concat(linears.SelectMany(linear => new[] { linear.Weight, linear.Bias })).OfType<MatrixRef>();
    }
}
