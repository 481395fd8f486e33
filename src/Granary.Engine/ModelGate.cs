using Granary.Engine.Execution;
using Granary.Models;

namespace Granary.Engine;

/// <summary>Refuses models that this process cannot run.</summary>
internal static class ModelGate
{
    /// <exception cref="InvalidDataException">The model is of another version of Granary, or for a newer ONNX Runtime.</exception>
    public static void CheckVersions(ModelManifest model)
    {
        if (model.Format != ModelManifest.CurrentFormat)
        {
            throw new InvalidDataException($"Model '{model.Name}' has format {model.Format}; this version reads {ModelManifest.CurrentFormat}. Import it again.");
        }

        if (Version.Parse(model.Runtime) > OnnxRuntimeVersion.Current)
        {
            throw new InvalidDataException(
                $"The graph of model '{model.Name}' is written for ONNX Runtime {model.Runtime}; {OnnxRuntimeVersion.Current} is installed. Import it again.");
        }
    }

    /// <exception cref="InvalidDataException">The model, or the engine, is for a GPU, where nothing is cut; or as <see cref="CheckVersions"/>.</exception>
    public static void CheckCut(ModelManifest model, EngineOptions options)
    {
        CheckVersions(model);
        if (model.Device != EngineOptions.Cpu || options.Device != EngineOptions.Cpu)
        {
            throw new InvalidDataException(
                $"Stages and experts run on the CPU alone: model '{model.Name}' was imported for device '{model.Device}' and this engine runs on '{options.Device}'. Deploy it with one stage and its experts in place, or import it with --device {EngineOptions.Cpu}.");
        }
    }
}
