using System.Runtime.InteropServices;
using Granary.Models.Catalog;
using Microsoft.ML.OnnxRuntime;

namespace Granary.Models.Tests.Graphs;

/// <summary>An imported graph in ONNX Runtime with slot caches that are past and present at once, as the engine will use it.</summary>
internal sealed unsafe class OrtModel : IDisposable
{
    private readonly InferenceSession _session;
    private readonly ModelManifest _manifest;
    private readonly nint[] _caches;
    private readonly int _slotLength;

    public OrtModel(ImportedModel model, int slots, int slotLength)
    {
        _manifest = model.Manifest;
        _slotLength = slotLength;
        using var options = new SessionOptions { IntraOpNumThreads = 1, ExecutionMode = ExecutionMode.ORT_SEQUENTIAL };
        _session = new InferenceSession(Path.Combine(model.Folder, _manifest.GraphFile), options);
        _caches = [.. Enumerable.Range(0, 2 * _manifest.LayerCount).Select(_ => (nint)NativeMemory.AlignedAlloc((nuint)(slots * SlotBytes), 64))];

        // Rows beyond a sequence's length must not matter, whatever they hold.
        foreach (var cache in _caches)
        {
            new Span<float>((void*)cache, (int)(slots * SlotBytes / sizeof(float))).Fill(1e4f);
        }
    }

    /// <summary>The version of ONNX Runtime at hand.</summary>
    public static Version Runtime { get; } = Version.Parse(OrtEnv.Instance().GetVersionString().Split('-', '+')[0]);

    private long SlotBytes => (long)_manifest.KvHeadCount * _slotLength * _manifest.HeadDim * sizeof(float);

    /// <summary>Runs [B, S] tokens on slots <paramref name="slot"/> to slot + B − 1.</summary>
    /// <param name="tokens">One row a sequence, all of one length.</param>
    /// <param name="pasts">Tokens already in each slot.</param>
    /// <param name="slot">First slot.</param>
    /// <param name="rows">Rows of the flattened [B·S] whose logits are wanted; the last of each sequence when left out.</param>
    /// <returns>Logits, one array a row.</returns>
    public float[][] Run(long[][] tokens, int[] pasts, int slot = 0, long[]? rows = null)
    {
        var (batch, length) = (tokens.Length, tokens[0].Length);
        rows ??= [.. Enumerable.Range(1, batch).Select(sequence => ((long)sequence * length) - 1)];
        using var binding = _session.CreateIoBinding();
        using var ids = OrtValue.CreateTensorValueFromMemory(tokens.SelectMany(row => row).ToArray(), [batch, length]);
        using var seqlens = OrtValue.CreateTensorValueFromMemory(pasts.Select(past => past + length - 1).ToArray(), [batch]);
        using var total = OrtValue.CreateTensorValueFromMemory(new[] { pasts.Max() + length }, [1]);
        using var logitRows = OrtValue.CreateTensorValueFromMemory(rows, [rows.Length]);
        var logits = new float[rows.Length * _manifest.VocabularySize];
        using var output = OrtValue.CreateTensorValueFromMemory(logits, [rows.Length, _manifest.VocabularySize]);
        binding.BindInput("input_ids", ids);
        binding.BindInput("seqlens_k", seqlens);
        binding.BindInput("total_sequence_length", total);
        binding.BindInput("logit_rows", logitRows);
        binding.BindOutput("logits", output);
        var caches = new List<OrtValue>();
        try
        {
            for (var i = 0; i < _caches.Length; i++)
            {
                var kind = i % 2 == 0 ? "key" : "value";
                var cache = OrtValue.CreateTensorValueWithData(
                    OrtMemoryInfo.DefaultInstance,
                    Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float,
                    [batch, _manifest.KvHeadCount, _slotLength, _manifest.HeadDim],
                    _caches[i] + (nint)(slot * SlotBytes),
                    batch * SlotBytes);
                caches.Add(cache);
                binding.BindInput($"past_key_values.{i / 2}.{kind}", cache);
                binding.BindOutput($"present.{i / 2}.{kind}", cache);
            }

            using var options = new RunOptions();
            _session.RunWithBinding(options, binding);
        }
        finally
        {
            caches.ForEach(cache => cache.Dispose());
        }

        return [.. logits.Chunk(_manifest.VocabularySize)];
    }

    /// <summary>The likeliest tokens from the last logits on, one at a time.</summary>
    public int[] Greedy(float[] logits, int past, int count, int slot = 0)
    {
        var tokens = new List<int> { Best(logits) };
        while (tokens.Count < count)
        {
            tokens.Add(Best(Run([[tokens[^1]]], [past++], slot)[0]));
        }

        return [.. tokens];
    }

    public static int Best(float[] logits) => Array.IndexOf(logits, logits.Max());

    public void Dispose()
    {
        _session.Dispose();
        foreach (var cache in _caches)
        {
            NativeMemory.AlignedFree((void*)cache);
        }
    }
}
