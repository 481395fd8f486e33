using Granary.Profiles;

namespace Granary.Deployments;

/// <summary>What a silo says about itself to those who plan; repeated as a heartbeat.</summary>
[GenerateSerializer, Immutable, Alias("granary.silo.report")]
public sealed record SiloReport
{
    /// <summary>Address and generation.</summary>
    [Id(0)] public required string Address { get; init; }

    /// <summary>Its name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>Its zone.</summary>
    [Id(2)] public required string Zone { get; init; }

    /// <summary>Bytes that models may take there, those of its configuration included.</summary>
    [Id(3)] public required long MemoryBytes { get; init; }

    /// <summary>What its engines' KV caches may take.</summary>
    [Id(4)] public required ReplicaLimits Limits { get; init; }

    /// <summary>Models whose files it has.</summary>
    [Id(5)] public HeldModel[] Models { get; init; } = [];

    /// <summary>Models that it serves by its configuration.</summary>
    [Id(6)] public string[] Configured { get; init; } = [];

    /// <summary>The parts that it was given, and how far they are.</summary>
    [Id(7)] public PartReport[] Parts { get; init; } = [];

    /// <summary>Models whose experts are spread, and how far it is with them.</summary>
    [Id(8)] public ExpertReport[] Experts { get; init; } = [];

    /// <summary>Floating-point operations a second that it measured; 0 while it has not.</summary>
    [Id(9)] public double MatMulFlops { get; init; }

    /// <summary>How it reaches other silos, as far as it has tried.</summary>
    [Id(10)] public SiloLink[] Links { get; init; } = [];
}
