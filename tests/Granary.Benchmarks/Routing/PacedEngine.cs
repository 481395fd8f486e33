using System.Runtime.CompilerServices;
using Granary.Engine;
using Granary.Models;
using Granary.Serving;

namespace Granary.Benchmarks.Routing;

/// <summary>An engine that computes nothing and takes the same time for a step whatever its slots hold, as a card does whose memory is the limit; a request is one token.</summary>
internal sealed class PacedEngine(ModelManifest manifest, TimeSpan step, int slots) : IEngine
{
    private static readonly int[] Token = [65];

    private readonly SemaphoreSlim _slots = new(slots);
    private int _inside;
    private long _steps;

    public ModelManifest Manifest { get; } = manifest;

    public int ContextTokens => Manifest.MaxPositions;

    public EngineStatus Status
    {
        get
        {
            var inside = Volatile.Read(ref _inside);
            var running = Math.Min(inside, slots);
            var steps = Interlocked.Read(ref _steps);
            return new EngineStatus { Running = running, Waiting = inside - running, Slots = slots, Steps = steps, PromptTokens = steps, OutputTokens = steps, StepTime = step, IsStuck = false };
        }
    }

    public async IAsyncEnumerable<EngineOutput> GenerateAsync(EngineRequest request, [EnumeratorCancellation] CancellationToken ct = default)
    {
        Interlocked.Increment(ref _inside);
        try
        {
            await _slots.WaitAsync(ct);
            try
            {
                await Task.Delay(step, ct);
                Interlocked.Increment(ref _steps);
            }
            finally
            {
                _slots.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }

        yield return new EngineOutput { FirstIndex = 0, Tokens = Token, Text = "A", FinishReason = FinishReason.Length, Usage = new TokenUsage(request.Prompt.Length, 0, 1) };
    }

    public Task ExportAsync(string requestId, Stream destination, CancellationToken ct = default) => throw new NotSupportedException();

    public IAsyncEnumerable<EngineOutput> ImportAsync(Stream source, CancellationToken ct = default) => throw new NotSupportedException();

    public ValueTask DisposeAsync()
    {
        _slots.Dispose();
        return ValueTask.CompletedTask;
    }
}
