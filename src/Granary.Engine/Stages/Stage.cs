using System.Collections.Concurrent;
using System.Diagnostics;
using Granary.Engine.Execution;
using Granary.Errors;
using Granary.Models;
using Granary.Shards;

namespace Granary.Engine.Stages;

/// <summary>A stage: one thread owns its layers and takes calls from a queue.</summary>
internal sealed class Stage : IStage
{
    private readonly BlockingCollection<Action> _calls = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long[] _numbers; // of the last step, by lane
    private readonly PipelineLayout _layout;
    private readonly int _hiddenSize;
    private readonly bool _isLast;
    private LayerRunner[] _lanes = [];
    private long _steps;

    private Stage(ModelManifest model, PipelineLayout layout, int stage)
    {
        _layout = layout;
        _hiddenSize = model.HiddenSize;
        _isLast = stage == layout.Stages.Length - 1;
        _numbers = new long[layout.Lanes];
        Layers = layout.Stages[stage];
    }

    public LayerRange Layers { get; }

    public long KvBytes => _layout.Lanes * _layout.Slots.Sum(slots => (long)slots.Slots * slots.Tokens) * _lanes[0].TokenBytes;

    public long Steps => Interlocked.Read(ref _steps);

    /// <summary>Starts the stage's thread and loads the layers on it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layout">How it is cut.</param>
    /// <param name="stage">Which stage.</param>
    /// <param name="niceness">Of its threads.</param>
    /// <param name="load">Loads the layers.</param>
    /// <param name="experts">Makes what computes experts, for each lane.</param>
    public static async Task<Stage> StartAsync(
        ModelManifest model, PipelineLayout layout, int stage, int niceness, Func<LayerGraphs> load, Func<ILayerExperts?> experts)
    {
        var started = new TaskCompletionSource<Stage>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(Main) { IsBackground = true, Name = $"stage {stage} {model.Name}" }.Start();
        return await started.Task;

        void Main()
        {
            ThreadNiceness.Add(niceness);
            var made = new Stage(model, layout, stage);
            LayerGraphs? graphs = null;
            try
            {
                graphs = load();
                made._lanes = [.. Enumerable.Range(0, layout.Lanes).Select(_ => LaneRunners.Create(graphs, layout, experts()))];
            }
            catch (Exception e)
            {
                graphs?.Dispose();
                started.SetException(e);
                return;
            }

            started.SetResult(made);
            foreach (Action call in made._calls.GetConsumingEnumerable())
            {
                call();
            }

            Array.ForEach(made._lanes, lane => lane.Dispose());
            graphs.Dispose();
            made._ended.SetResult();
        }
    }

    public Task<StageResult> RunAsync(StageStep step) => CallAsync(() => Run(step));

    public Task CopyAsync(SlotCopy[] copies) => CallAsync(() => Copy(copies));

    public Task<byte[]> ReadKvAsync(KvRange range) => CallAsync(() =>
    {
        LayerRunner lane = _lanes[range.Lane];
        byte[] bytes = new byte[range.Tokens * lane.TokenBytes];
        lane.ReadKv(range.Slot, range.FirstToken, bytes);
        return bytes;
    });

    public Task WriteKvAsync(KvRange range, byte[] keysAndValues) => CallAsync(() =>
    {
        _lanes[range.Lane].WriteKv(range.Slot, range.FirstToken, keysAndValues);
        return true;
    });

    public async ValueTask DisposeAsync()
    {
        _calls.CompleteAdding();
        await _ended.Task;
    }

    private StageResult Run(StageStep step)
    {
        ref long number = ref _numbers[step.Lane];
        if (step.Number != 1 && step.Number != number + 1)
        {
            throw new GranaryException(
                ErrorCode.Unavailable, $"Layers {Layers} of this replica have computed {number} steps and are asked for step {step.Number}: they lack keys and values. Try again.");
        }

        long start = Stopwatch.GetTimestamp();
        number = step.Number;
        Copy(step.Copies);
        LayerRunner lane = _lanes[step.Lane];
        int rows = step.Pasts.Length;
        int tokens = rows * step.TokensPerRow;
        HiddenCodec.Read(step.Format, step.Hidden, lane.Buffers.HiddenIn(tokens), _hiddenSize);
        if (rows == 1)
        {
            lane.RunChunk(step.FirstSlot, step.TokensPerRow, step.Pasts[0]);
        }
        else
        {
            lane.RunRows(step.FirstSlot, step.Pasts);
        }

        // Behind the last layer nobody asks for more than each row's last token.
        Span<float> hidden = lane.Buffers.HiddenOut(tokens);
        byte[] bytes = HiddenCodec.Write(step.Format, _isLast && rows == 1 ? hidden[^_hiddenSize..] : hidden, _hiddenSize);
        Interlocked.Increment(ref _steps);
        return new StageResult { Hidden = bytes, Computed = Stopwatch.GetElapsedTime(start) };
    }

    private bool Copy(SlotCopy[] copies)
    {
        foreach (SlotCopy copy in copies)
        {
            _lanes[copy.Lane].CopySlot(copy.From, copy.To, copy.Tokens);
        }

        return true;
    }

    private Task<T> CallAsync<T>(Func<T> call)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _calls.Add(() =>
            {
                try
                {
                    done.SetResult(call());
                }
                catch (Exception e)
                {
                    done.SetException(e);
                }
            });
        }
        catch (InvalidOperationException)
        {
            done.SetException(new GranaryException(ErrorCode.Unavailable, $"Layers {Layers} of this replica are being unloaded here. Try again."));
        }

        return done.Task;
    }
}
