using Granary.Engine.Execution;
using Granary.Engine.Execution.Cuda;

namespace Granary.Engine;

/// <summary>The device that <see cref="EngineOptions.Device"/> names.</summary>
/// <param name="Kind"><c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Name">What it is called.</param>
/// <param name="MemoryBytes">Its memory; <see langword="null"/> where it uses the host's.</param>
/// <param name="FreeMemoryBytes">What is free of it.</param>
public sealed record DeviceFigures(string Kind, string Name, long? MemoryBytes, long? FreeMemoryBytes)
{
    /// <summary>Physical cores of the host, at most the processors that this process may use.</summary>
    public static int PhysicalCores { get; } = ProcessorTopology.PhysicalCores();

    private static readonly string Processor = ProcessorTopology.Name();

    /// <summary>Reads them; cheap, from any thread. A GPU that cannot be asked has 0 bytes.</summary>
    public static DeviceFigures Read(EngineOptions options)
    {
        if (options.Device != EngineOptions.Cuda)
        {
            return new DeviceFigures(options.Device, Processor, null, null);
        }

        try
        {
            (string name, long total, long free) = CudaDevice.Ask();
            return new DeviceFigures(options.Device, name, total, free);
        }
        catch (CudaException)
        {
            return new DeviceFigures(options.Device, "", 0, 0);
        }
    }
}
