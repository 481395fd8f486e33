using Granary.Engine.Execution;
using Granary.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Engine.Evaluation;

/// <summary>How well a model predicts a text: what quantisation is judged by.</summary>
public sealed class TextLoss : IDisposable
{
    // Bounds the logits that are held at once: 64 rows of a vocabulary of 150,000 are 38 MB.
    private const int ChunkTokens = 64;

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly KvCache _cache;
    private readonly float[] _logits;
    private readonly int _vocabulary;

    private TextLoss(InferenceSession session, KvShape shape, int vocabulary)
    {
        _session = session;
        _cache = new KvCache(shape);
        _vocabulary = vocabulary;
        _logits = new float[ChunkTokens * vocabulary];
    }

    /// <summary>Loads a model's graph.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Folder of the imported model.</param>
    /// <param name="maxTokens">Longest text in tokens.</param>
    /// <exception cref="InvalidDataException">The graph is unreadable or not what the manifest says.</exception>
    public static TextLoss Load(ModelManifest model, string folder, int maxTokens)
    {
        InferenceSession session = GraphSessions.Open(Path.Combine(folder, model.GraphFile), new EngineOptions());
        try
        {
            TensorElementType kvType = GraphContract.Check(model, GraphSegment.Whole(model.LayerCount), session.InputMetadata, session.OutputMetadata)!.Value;
            return new TextLoss(session, new KvShape(model.LayerCount, 1, model.KvHeadCount, maxTokens, model.HeadDim, kvType), model.VocabularySize);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>−ln p of each token but the first, given those before it; e to the power of the mean is the perplexity.</summary>
    /// <param name="tokens">At least two, at most as many as were said at loading.</param>
    /// <exception cref="ArgumentException">They are fewer or more.</exception>
    public double[] Measure(ReadOnlySpan<int> tokens)
    {
        if (tokens.Length < 2 || tokens.Length > _cache.Shape.SlotTokens)
        {
            throw new ArgumentException($"{tokens.Length} tokens; 2 to {_cache.Shape.SlotTokens} can be measured.", nameof(tokens));
        }

        var losses = new double[tokens.Length - 1];
        for (int past = 0; past < losses.Length; past += ChunkTokens)
        {
            int count = Math.Min(ChunkTokens, losses.Length - past);
            Run(tokens.Slice(past, count), past);
            for (int row = 0; row < count; row++)
            {
                losses[past + row] = Loss(_logits.AsSpan(row * _vocabulary, _vocabulary), tokens[past + row + 1]);
            }
        }

        return losses;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _runOptions.Dispose();
        _session.Dispose();
        _cache.Dispose();
    }

    private static double Loss(ReadOnlySpan<float> logits, int token)
    {
        float largest = float.NegativeInfinity;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }

        return Math.Log(sum) - (logits[token] - largest);
    }

    private void Run(ReadOnlySpan<int> tokens, int past)
    {
        var ids = new long[tokens.Length];
        var rows = new long[tokens.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = tokens[i];
            rows[i] = i;
        }

        using OrtIoBinding binding = _session.CreateIoBinding();
        List<OrtValue> values = [];
        try
        {
            binding.BindInput(GraphNames.InputIds, Keep(OrtValue.CreateTensorValueFromMemory(ids, [1, ids.Length])));
            binding.BindInput(GraphNames.SeqlensK, Keep(OrtValue.CreateTensorValueFromMemory(new[] { past + ids.Length - 1 }, [1])));
            binding.BindInput(GraphNames.TotalSequenceLength, Keep(OrtValue.CreateTensorValueFromMemory(new[] { past + ids.Length }, [1])));
            binding.BindInput(GraphNames.LogitRows, Keep(OrtValue.CreateTensorValueFromMemory(rows, [rows.Length])));
            binding.BindOutput(GraphNames.Logits, Keep(OrtValue.CreateTensorValueFromMemory(
                OrtMemoryInfo.DefaultInstance, _logits.AsMemory(0, ids.Length * _vocabulary), [ids.Length, _vocabulary])));
            for (int layer = 0; layer < _cache.Shape.Layers; layer++)
            {
                OrtValue keys = Keep(Past(_cache.Keys(layer, 0)));
                binding.BindInput(GraphNames.PastKey(layer), keys);
                binding.BindOutput(GraphNames.PresentKey(layer), keys);
                OrtValue cached = Keep(Past(_cache.Values(layer, 0)));
                binding.BindInput(GraphNames.PastValue(layer), cached);
                binding.BindOutput(GraphNames.PresentValue(layer), cached);
            }

            _session.RunWithBinding(_runOptions, binding);
        }
        finally
        {
            values.ForEach(value => value.Dispose());
        }

        OrtValue Keep(OrtValue value)
        {
            values.Add(value);
            return value;
        }
    }

    private OrtValue Past(nint address) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, _cache.Shape.ElementType, [1, _cache.Shape.Heads, _cache.Shape.SlotTokens, _cache.Shape.HeadDim], address, _cache.Shape.SlotBytes);
}
