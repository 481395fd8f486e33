using Granary.Models.Architectures;
using Granary.Models.Onnx.Weights;

namespace Granary.Models.Catalog;

/// <summary>Which parts of a model stay wide in the end.</summary>
internal static class KeptWide
{
    /// <summary>What was asked for, or the kind's default, with what follows from it.</summary>
    public static IReadOnlySet<ModelPart> Of(Decoder decoder, WeightKind kind, IReadOnlySet<ModelPart>? wanted)
    {
        var parts = new HashSet<ModelPart>(wanted ?? kind.KeptWideByDefault());
        if (kind is WeightKind.Int8 or WeightKind.W8A8 or WeightKind.Int4)
        {
            // Vectors have no blocks to share a scale; experts are computed by the float operator.
            parts.Add(ModelPart.Norms);
            if (decoder.Config.HiddenSize % BlockQuantizer.BlockLength != 0)
            {
                // A row would end inside a block, which the operator cannot gather.
                parts.Add(ModelPart.Embedding);
            }
        }

        if (decoder.Head == decoder.Embedding && (parts.Contains(ModelPart.Head) || parts.Contains(ModelPart.Embedding)))
        {
            // One matrix: it is stored once.
            parts.UnionWith([ModelPart.Head, ModelPart.Embedding]);
        }

        if (!decoder.Layers.Any(layer => layer.FeedForward is MoeFeedForward))
        {
            parts.ExceptWith([ModelPart.Router, ModelPart.Experts]);
        }

        return kind == WeightKind.Fp32 ? new HashSet<ModelPart>() : parts;
    }
}
