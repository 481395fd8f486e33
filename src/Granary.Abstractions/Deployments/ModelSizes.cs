namespace Granary.Deployments;

/// <summary>What the parts of a model take in memory: what a planner divides.</summary>
[GenerateSerializer, Immutable, Alias("granary.model.sizes")]
public sealed record ModelSizes
{
    /// <summary>Bytes of embedding, last norm and the matrix of the logits, which the first stage holds.</summary>
    [Id(0)] public required long EndsBytes { get; init; }

    /// <summary>Bytes of each layer without its experts.</summary>
    [Id(1)] public required long[] LayerBytes { get; init; }

    /// <summary>Bytes of one expert of each layer; 0 where the layer has none.</summary>
    [Id(2)] public required long[] ExpertBytes { get; init; }

    /// <summary>Experts of a layer that has some; 0 for a model without.</summary>
    [Id(3)] public int Experts { get; init; }

    /// <summary>Bytes of one token's keys and values in one layer.</summary>
    [Id(4)] public required long KvBytesPerLayer { get; init; }

    /// <summary>Longest context in tokens.</summary>
    [Id(5)] public required int MaxPositions { get; init; }

    /// <summary>Whether stages of it can be loaded: models for the CPU, of which the import kept what cutting needs.</summary>
    [Id(6)] public bool CanBeCut { get; init; } = true;

    /// <summary>Most stages of a replica.</summary>
    public int MostStages => CanBeCut ? Layers : 1;

    /// <summary>What stages take whose experts are elsewhere.</summary>
    public ModelSizes WithoutExperts => this with { ExpertBytes = new long[Layers], Experts = 0 };

    /// <summary>Decoder layers.</summary>
    public int Layers => LayerBytes.Length;

    /// <summary>Bytes of all weights.</summary>
    public long TotalBytes => StageBytes(0, Layers);

    /// <summary>Bytes of the weights of consecutive layers, with what the first stage holds besides.</summary>
    /// <param name="first">The first layer.</param>
    /// <param name="count">Layers.</param>
    /// <param name="withExperts">Whether the experts are there, too, or elsewhere.</param>
    public long StageBytes(int first, int count, bool withExperts = true)
    {
        var bytes = first == 0 ? EndsBytes : 0;
        for (var layer = first; layer < first + count; layer++)
        {
            bytes += LayerBytes[layer] + (withExperts ? ExpertBytes[layer] * Experts : 0);
        }

        return bytes;
    }
}
