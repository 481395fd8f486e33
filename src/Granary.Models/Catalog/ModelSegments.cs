using Granary.Models.Architectures;
using Granary.Models.Checkpoints;
using Granary.Models.Onnx;
using Granary.Models.Onnx.Formats;

namespace Granary.Models.Catalog;

/// <summary>Cuts imported models.</summary>
public static class ModelSegments
{
    /// <summary>Prepares a model to be cut: reads its configuration and lays its weights out again, as its import did.</summary>
    /// <exception cref="ModelFormatException">It was imported by a version that did not keep what this needs, or for a GPU.</exception>
    public static ISegmentGraphs Open(ImportedModel model)
    {
        var (folder, manifest) = (model.Folder, model.Manifest);
        var path = Path.Combine(folder, ModelFiles.Tensors);
        if (manifest.Device != ModelDevices.Cpu)
        {
            throw new ModelFormatException(folder, $"was imported for device '{manifest.Device}'. Stages and experts run on the CPU alone: import the model with --device {ModelDevices.Cpu}.");
        }

        if (!File.Exists(path))
        {
            throw new ModelFormatException(path, "is missing: an older version imported the model. Import it again to serve it in stages.");
        }

        var json = JsonFile.Read(Path.Combine(folder, "config.json"));
        var tensors = File.ReadLines(path).ToHashSet(StringComparer.Ordinal);
        var decoder = ArchitectureRegistry.For(json).Describe(ModelConfig.Read(json), tensors.Contains);
        var plan = PlanOf(manifest);
        var whole = DecoderGraph.Build(decoder, plan, ModelFiles.Data);
        var length = new FileInfo(Path.Combine(folder, ModelFiles.Data)).Length;
        return whole.Data.ByteLength == length
            ? new SegmentGraphs(folder, manifest, decoder, plan, whole)
            : throw new ModelFormatException(folder, $"has {length:N0} bytes of weights where this version lays out {whole.Data.ByteLength:N0}. Import the model again to serve it in stages.");
    }

    private static WeightPlan PlanOf(ModelManifest manifest)
    {
        var keptWide = new HashSet<ModelPart>();
        foreach (var name in manifest.KeptWide)
        {
            _ = ModelParts.TryParse(name, out var part) ? keptWide.Add(part) : throw new ModelFormatException(manifest.Name, $"keeps '{name}' wide, which this version does not know.");
        }

        return WeightKinds.TryParse(manifest.Weights, out var kind)
            ? WeightPlan.ForCpu(kind, keptWide, Version.Parse(manifest.Runtime), manifest.BlockLength ?? ImportRequest.DefaultBlockLength)
            : throw new ModelFormatException(manifest.Name, $"has weights of '{manifest.Weights}', which this version does not know.");
    }
}
