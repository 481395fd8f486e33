using System.Diagnostics;
using Granary.Engine.Execution;
using Granary.Engine.Stages;
using Granary.Errors;
using Granary.Models;
using Granary.Shards;

namespace Granary.Engine.Experts;

/// <summary>Computes batches that came from other silos, on one thread.</summary>
internal sealed class ExpertWorker(ExpertSet set, ModelManifest model) : IDisposable
{
    private readonly ExpertWork _work = new(model.HiddenSize);
    private NativeBuffer _input = new(0);
    private float[] _sums = [];

    /// <exception cref="GranaryException"><c>unavailable</c>: the set does not hold all of the batch's experts.</exception>
    /// <exception cref="InvalidDataException">The batch contradicts itself.</exception>
    public ExpertReply Run(ExpertBatch batch)
    {
        long start = Stopwatch.GetTimestamp();
        int width = model.HiddenSize;
        int numbers = batch.Tokens * width;
        if (_sums.Length < numbers)
        {
            _sums = new float[numbers];
            _input.Dispose();
            _input = new NativeBuffer(sizeof(float) * (long)numbers);
        }

        HiddenCodec.Read(batch.Format, batch.Hidden, _input.Span<float>(0, numbers), width);
        Take(batch);
        Span<float> sums = _sums.AsSpan(0, numbers);
        sums.Clear();
        if (!set.TryRun(batch.Layer, _work, _input, batch.Tokens, sums))
        {
            throw new GranaryException(ErrorCode.Unavailable, $"Not all experts of a batch of layer {batch.Layer} of model '{model.Name}' are here. Try again.");
        }

        return new ExpertReply { Sums = HiddenCodec.Write(batch.Format, sums, width), Computed = Stopwatch.GetElapsedTime(start) };
    }

    public void Dispose()
    {
        _work.Dispose();
        _input.Dispose();
    }

    private void Take(ExpertBatch batch)
    {
        _work.Begin();
        int choice = 0;
        for (int token = 0; token < batch.Tokens; token++)
        {
            for (; choice < batch.Ends[token]; choice++)
            {
                _work.Add(token, batch.Experts[choice], batch.Weights[choice]);
            }
        }

        if (choice != batch.Experts.Length || choice != batch.Weights.Length)
        {
            throw new InvalidDataException($"A batch of {batch.Experts.Length} choices and {batch.Weights.Length} weights ends at {choice}.");
        }
    }
}
