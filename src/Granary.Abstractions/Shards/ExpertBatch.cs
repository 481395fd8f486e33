namespace Granary.Shards;

/// <summary>What one layer of one step asks of one destination: all tokens that have chosen experts there, each once.</summary>
[GenerateSerializer, Immutable, Alias("granary.expert-batch")]
public sealed record ExpertBatch
{
    /// <summary>The layer.</summary>
    [Id(0)] public required int Layer { get; init; }

    /// <summary>How <see cref="Hidden"/> is written, and the reply's sums.</summary>
    [Id(1)] public required HiddenFormat Format { get; init; }

    /// <summary>The experts' input [T, H].</summary>
    [Id(2)] public required byte[] Hidden { get; init; }

    /// <summary>[T], one past each token's last entry of <see cref="Experts"/>; the first token's begin at 0.</summary>
    [Id(3)] public required int[] Ends { get; init; }

    /// <summary>[N], the chosen experts, token after token.</summary>
    [Id(4)] public required int[] Experts { get; init; }

    /// <summary>[N], their weights.</summary>
    [Id(5)] public required float[] Weights { get; init; }

    /// <summary>T.</summary>
    public int Tokens => Ends.Length;
}
