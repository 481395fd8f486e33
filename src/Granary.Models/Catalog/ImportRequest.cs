namespace Granary.Models.Catalog;

/// <summary>What to import.</summary>
public sealed record ImportRequest
{
    /// <summary>A Hugging Face model folder: config.json, safetensors, tokenizer.json.</summary>
    public required string Source { get; init; }

    /// <summary>Name under which the model is served; <see langword="null"/> takes the folder's name.</summary>
    public string? Name { get; init; }

    /// <summary>Whether a model of that name is replaced rather than refused.</summary>
    public bool Replace { get; init; }

    /// <summary>How the weights are stored.</summary>
    public WeightKind Weights { get; init; } = WeightKind.Fp32;

    /// <summary>The device that the graph is written for: <c>cpu</c> or <c>cuda</c>.</summary>
    public string Device { get; init; } = ModelDevices.Cpu;

    /// <summary>Parts that stay fp32 whatever <see cref="Weights"/> says; <see langword="null"/> takes the kind's default: router and norms.</summary>
    public IReadOnlySet<ModelPart>? KeepWide { get; init; }

    /// <summary>Most weights of int8 or int4 that share a scale on the CPU: one of <see cref="BlockLengths"/>. A matrix whose rows are no multiple has shorter blocks. On a GPU always 32.</summary>
    public int BlockLength { get; init; } = DefaultBlockLength;

    /// <summary>Version of ONNX Runtime that will run the graph. Some operators are fast, or there at all, only since some version; the default is the oldest that is supported.</summary>
    public Version Runtime { get; init; } = OldestRuntime;

    /// <summary>What <see cref="BlockLength"/> is unless somebody chooses (docs/DECISIONS.md has the measurement).</summary>
    public static int DefaultBlockLength => 128;

    /// <summary>Block lengths that can be chosen.</summary>
    public static IReadOnlyList<int> BlockLengths => Onnx.Weights.BlockLengths.All;

    /// <summary>The oldest version of ONNX Runtime that graphs are written for.</summary>
    public static Version OldestRuntime { get; } = new(1, 29);
}
