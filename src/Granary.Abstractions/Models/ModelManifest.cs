using System.Collections.Immutable;

namespace Granary.Models;

/// <summary>
/// What an engine must know of an imported model: written by <c>Granary.Models</c> as <c>granary.json</c> beside the graph, read by <c>Granary.Engine</c>.
/// </summary>
/// <remarks>
/// The graph's contract. B rows, S new tokens a row, R rows of logits, P = slot length (on <c>cuda</c> a multiple of 64). Inputs:
/// <c>input_ids</c> i64 [B,S]; <c>seqlens_k</c> i32 [B] (total − 1); <c>total_sequence_length</c> i32 [1] (maximum of the batch);
/// <c>logit_rows</c> i64 [R] (rows of the flattened [B·S] whose logits are wanted); for each layer l
/// <c>past_key_values.l.key</c> and <c>past_key_values.l.value</c> [B,KvHeads,P,HeadDim]. Outputs:
/// <c>logits</c> f32 [R,VocabularySize]; <c>present.l.key</c> and <c>present.l.value</c>, bound to the same buffers as the past.
/// A prefill chunk on a non-empty past needs B = 1 (a limit of ONNX Runtime's GroupQueryAttention).
/// </remarks>
public sealed record ModelManifest
{
    /// <summary>The only value that this version reads.</summary>
    public const int CurrentFormat = 2;

    /// <summary>Version of this file.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>Name under which the model is served.</summary>
    public required string Name { get; init; }

    /// <summary><c>model_type</c> of config.json, for example <c>qwen3_moe</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>SHA-256 over configuration, tokenizer and weights, in hex: what KV caches and conversations are bound to.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Kind of the weights: <c>fp32</c>, <c>fp16</c>, <c>bf16</c>, <c>int8</c> or <c>int4</c>.</summary>
    public required string Weights { get; init; }

    /// <summary>Most weights that share a scale, where <see cref="Weights"/> is <c>int8</c> or <c>int4</c>.</summary>
    public int? BlockLength { get; init; }

    /// <summary>Parts of the model that are wider than <see cref="Weights"/>: some of <c>router</c>, <c>norms</c>, <c>lm_head</c>, <c>embedding</c>, <c>attention</c>, <c>mlp</c>, <c>experts</c>.</summary>
    public ImmutableArray<string> KeptWide { get; init; } = [];

    /// <summary>The device that the graph is written for: <c>cpu</c> or <c>cuda</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>The version of ONNX Runtime that the graph is written for, for example <c>1.31</c>; older ones may not know its operators.</summary>
    public string Runtime { get; init; } = "1.29";

    /// <summary>Number of parameters.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>Decoder layers.</summary>
    public required int LayerCount { get; init; }

    /// <summary>Width of the hidden state.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Query heads.</summary>
    public required int HeadCount { get; init; }

    /// <summary>Key and value heads.</summary>
    public required int KvHeadCount { get; init; }

    /// <summary>Width of a head.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Rows of the embedding.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Longest context in tokens.</summary>
    public required int MaxPositions { get; init; }

    /// <summary>Attention window in tokens, if the model slides one.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary>Tokens that end a reply.</summary>
    public required ImmutableArray<int> EndOfSequenceTokens { get; init; }

    /// <summary>Defaults of generation_config.json.</summary>
    public required SamplingParameters Defaults { get; init; }

    /// <summary>The graph, relative to the manifest's folder.</summary>
    public string GraphFile { get; init; } = "model.onnx";

    /// <summary>Bytes of each file of the model but the manifest itself, by name: what is checked when it is opened.</summary>
    public ImmutableSortedDictionary<string, long> FileBytes { get; init; } = ImmutableSortedDictionary<string, long>.Empty;
}
