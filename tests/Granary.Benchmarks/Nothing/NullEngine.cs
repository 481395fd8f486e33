using System.Runtime.CompilerServices;
using Granary.Engine;
using Granary.Models;
using Granary.Serving;

namespace Granary.Benchmarks.Nothing;

/// <summary>An engine that computes nothing: as many tokens as are asked for, 64 where nobody says, so many a step.</summary>
/// <param name="manifest">What it says it is.</param>
/// <param name="tokensPerStep">Tokens of one output.</param>
/// <param name="clock">When its steps end; <see langword="null"/>: at once.</param>
internal sealed class NullEngine(ModelManifest manifest, int tokensPerStep, StepClock? clock = null) : IEngine
{
    private const int DefaultTokens = 64;
    private const string Word = " word";

    public ModelManifest Manifest { get; } = manifest;

    public int ContextTokens => Manifest.MaxPositions;

    public EngineStatus Status { get; } = new() { Running = 0, Waiting = 0, Slots = 64, Steps = 0, PromptTokens = 0, OutputTokens = 0, IsStuck = false };

    public async IAsyncEnumerable<EngineOutput> GenerateAsync(EngineRequest request, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var most = request.Sampling.MaxTokens ?? DefaultTokens;
        for (var index = 0; index < most;)
        {
            await (clock?.NextStep ?? YieldAsync()).ConfigureAwait(false);
            var count = Math.Min(tokensPerStep, most - index);
            var isLast = index + count == most;
            yield return new EngineOutput
            {
                FirstIndex = index,
                Tokens = [.. Enumerable.Repeat(65, count)],
                Text = count == 1 ? Word : string.Concat(Enumerable.Repeat(Word, count)),
                FinishReason = isLast ? FinishReason.Length : null,
                Usage = isLast ? new TokenUsage(request.Prompt.Length, 0, most) : null,
            };
            index += count;
        }
    }

    public Task ExportAsync(string requestId, Stream destination, CancellationToken ct = default) => throw new NotSupportedException();

    public IAsyncEnumerable<EngineOutput> ImportAsync(Stream source, CancellationToken ct = default) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static async Task YieldAsync() => await Task.Yield();
}
