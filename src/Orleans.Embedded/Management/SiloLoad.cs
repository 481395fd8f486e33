namespace Orleans.Runtime.Management;

/// <summary>How busy a silo is; what placement compares.</summary>
/// <param name="Activations">Activations.</param>
/// <param name="CpuUsage">Share of the machine's processors that the process used lately, 0–1.</param>
/// <param name="MemoryUsage">Share of the available memory in use, 0–1.</param>
[GenerateSerializer, Immutable]
internal sealed record SiloLoad([property: Id(0)] int Activations, [property: Id(1)] double CpuUsage, [property: Id(2)] double MemoryUsage);
