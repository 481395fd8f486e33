using Granary.Engine.Execution.Cuda;
using Granary.Models;

namespace Granary.Engine.Execution;

/// <summary>Chooses the runner of a device.</summary>
internal static class RunnerLoader
{
    /// <summary>Loads a model on the device that the options name.</summary>
    /// <exception cref="InvalidDataException">The model was imported for another device, or its graph is not what the manifest says.</exception>
    /// <exception cref="CudaException">GPU, driver or libraries are missing.</exception>
    public static IModelRunner Load(ModelManifest model, string folder, EngineOptions options)
    {
        if (model.Device != options.Device)
        {
            throw new InvalidDataException(
                $"Model '{model.Name}' was imported for device '{model.Device}' and this engine runs on '{options.Device}'. Import it with --device {options.Device}, or set {EngineOptions.SectionName}:Device to '{model.Device}'.");
        }

        return options.Device switch
        {
            EngineOptions.Cpu => OrtModelRunner.Load(model, folder, options),
            EngineOptions.Cuda => CudaModelRunner.Load(model, folder, options),
            _ => throw new ArgumentException($"There is no device '{options.Device}'; '{EngineOptions.Cpu}' and '{EngineOptions.Cuda}' are known.", nameof(options)),
        };
    }
}
