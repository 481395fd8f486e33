using System.Runtime.CompilerServices;
using Granary.Engine;
using Granary.Models;
using Granary.Serving;

namespace Granary.Benchmarks.Caching;

/// <summary>An engine that gives 64 tokens in eight steps and computes nothing.</summary>
internal sealed class NullEngine(ModelManifest manifest) : IEngine
{
    private const int Steps = 8;
    private const int TokensPerStep = 8;
    private const string Text = "eight words that a model might say here ";

    private static readonly int[] Tokens = [.. Enumerable.Range(65, TokensPerStep)];

    public ModelManifest Manifest { get; } = manifest;

    public int ContextTokens => Manifest.MaxPositions;

    public EngineStatus Status { get; } = new() { Running = 0, Waiting = 0, Slots = 64, Steps = 0, PromptTokens = 0, OutputTokens = 0, IsStuck = false };

    public async IAsyncEnumerable<EngineOutput> GenerateAsync(EngineRequest request, [EnumeratorCancellation] CancellationToken ct = default)
    {
        for (var step = 0; step < Steps; step++)
        {
            await Task.Yield();
            var isLast = step == Steps - 1;
            yield return new EngineOutput
            {
                FirstIndex = step * TokensPerStep,
                Tokens = Tokens,
                Text = Text,
                FinishReason = isLast ? FinishReason.Stop : null,
                Usage = isLast ? new TokenUsage(request.Prompt.Length, 0, Steps * TokensPerStep) : null,
            };
        }
    }

    public Task ExportAsync(string requestId, Stream destination, CancellationToken ct = default) => throw new NotSupportedException();

    public IAsyncEnumerable<EngineOutput> ImportAsync(Stream source, CancellationToken ct = default) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
