using Granary.Engine.Execution;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Engine.Experts;

/// <summary>What one thread computes experts with: choices, sorted by expert, and memory for the graph. Kept from batch to batch.</summary>
internal sealed class ExpertWork(int width) : IDisposable
{
    private static readonly string[] InputNames = [GraphNames.ExpertInput, GraphNames.ExpertTokens, GraphNames.ExpertCounts];
    private static readonly string[] OutputNames = [GraphNames.ExpertOutput];

    private readonly RunOptions _options = new();
    private readonly List<(int Token, int Expert, float Weight)> _choices = [];
    private NativeBuffer _tokens = new(0);
    private NativeBuffer _counts = new(0);
    private NativeBuffer _output = new(0);
    private float[] _weights = [];

    /// <summary>Forgets all choices.</summary>
    public void Begin() => _choices.Clear();

    /// <summary>Adds a choice.</summary>
    public void Add(int token, int expert, float weight) => _choices.Add((token, expert, weight));

    /// <summary>Whether a layer's experts are all that were chosen.</summary>
    public bool Fits(LoadedExperts layer)
    {
        foreach ((_, int expert, _) in _choices)
        {
            if (layer.PlaceOf(expert) is null)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Computes all choices, and adds what they give to the sums of their tokens.</summary>
    /// <param name="layer">The experts, which <see cref="Fits"/>.</param>
    /// <param name="input">[T, H].</param>
    /// <param name="tokens">T.</param>
    /// <param name="sums">[T, H].</param>
    public void Run(LoadedExperts layer, NativeBuffer input, int tokens, Span<float> sums)
    {
        int count = _choices.Count;
        Grow(count, layer.Experts.Count);
        Span<long> rows = _tokens.Span<long>(0, count);
        Sort(layer, rows);
        using OrtValue inputValue = Value(TensorElementType.Float, input.Address, sizeof(float), tokens, width);
        using OrtValue rowsValue = Value(TensorElementType.Int64, _tokens.Address, sizeof(long), count);
        using OrtValue countsValue = Value(TensorElementType.Int64, _counts.Address, sizeof(long), layer.Experts.Count);
        using OrtValue outputValue = Value(TensorElementType.Float, _output.Address, sizeof(float), count, width);
        layer.Session.Run(_options, InputNames, [inputValue, rowsValue, countsValue], OutputNames, [outputValue]);
        for (int i = 0; i < count; i++)
        {
            RowMath.AddScaled(sums.Slice((int)rows[i] * width, width), _output.Span<float>((long)i * width, width), _weights[i]);
        }
    }

    public void Dispose()
    {
        _options.Dispose();
        _tokens.Dispose();
        _counts.Dispose();
        _output.Dispose();
    }

    // A counting sort by expert, which keeps the order of an expert's tokens.
    private void Sort(LoadedExperts layer, Span<long> rows)
    {
        Span<long> counts = _counts.Span<long>(0, layer.Experts.Count);
        counts.Clear();
        foreach ((_, int expert, _) in _choices)
        {
            counts[layer.PlaceOf(expert)!.Value]++;
        }

        Span<int> next = stackalloc int[counts.Length];
        int sum = 0;
        for (int place = 0; place < counts.Length; place++)
        {
            next[place] = sum;
            sum += (int)counts[place];
        }

        foreach ((int token, int expert, float weight) in _choices)
        {
            int at = next[layer.PlaceOf(expert)!.Value]++;
            rows[at] = token;
            _weights[at] = weight;
        }
    }

    private void Grow(int choices, int experts)
    {
        Ensure(ref _tokens, sizeof(long) * (long)choices);
        Ensure(ref _counts, sizeof(long) * (long)experts);
        Ensure(ref _output, sizeof(float) * (long)choices * width);
        if (_weights.Length < choices)
        {
            _weights = new float[choices];
        }
    }

    private static void Ensure(ref NativeBuffer buffer, long bytes)
    {
        if (buffer.Bytes < bytes)
        {
            buffer.Dispose();
            buffer = new NativeBuffer(bytes);
        }
    }

    private static OrtValue Value(TensorElementType type, nint address, int elementBytes, params long[] shape) =>
        OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, type, shape, address, shape.Aggregate((long)elementBytes, (product, size) => product * size));
}
