namespace Granary.Serving;

/// <summary>One running copy of a model.</summary>
[GenerateSerializer, Immutable, Alias("granary.replica")]
public sealed record ReplicaDescriptor
{
    /// <summary>The model's name.</summary>
    [Id(0)] public required string Model { get; init; }

    /// <summary>Fingerprint of its manifest.</summary>
    [Id(1)] public required string Fingerprint { get; init; }

    /// <summary>Key of its first <see cref="IShardGrain"/>.</summary>
    [Id(2)] public required string ShardKey { get; init; }

    /// <summary>Name of the silo it runs on.</summary>
    [Id(3)] public required string Silo { get; init; }

    /// <summary>Zone of that silo.</summary>
    [Id(4)] public required string Zone { get; init; }

    /// <summary>Longest context in tokens.</summary>
    [Id(5)] public required int MaxPositions { get; init; }

    /// <summary>Sequences that hold a slot.</summary>
    [Id(6)] public int Running { get; init; }

    /// <summary>Sequences in the queue.</summary>
    [Id(7)] public int Waiting { get; init; }

    /// <summary>Whether its silo is being drained: it finishes what it has and takes nothing new while another replica can.</summary>
    [Id(8)] public bool IsDraining { get; init; }

    /// <summary>Sequences that it can run at once; 0 where that is not known.</summary>
    [Id(9)] public int Slots { get; init; }

    /// <summary>Its share of requests where they are given out by weight, against others'; 0 for the mean of theirs.</summary>
    [Id(10)] public double Weight { get; init; }

    /// <summary>Tokens of prompt and output together that its engine takes; 0 where that is not known.</summary>
    [Id(11)] public int ContextTokens { get; init; }

    /// <summary>Tokens of output for who asks for no number; 0 where that is not known.</summary>
    [Id(12)] public int UsualOutputTokens { get; init; }
}
