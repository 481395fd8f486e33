namespace Granary.Health;

/// <summary>What <see cref="ProgressProbe"/> reads: nothing.</summary>
[GenerateSerializer, Alias("granary.health.probe")]
internal sealed class ProbeState;
