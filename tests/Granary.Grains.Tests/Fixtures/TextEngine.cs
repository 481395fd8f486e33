using System.Runtime.CompilerServices;
using Granary.Engine;
using Granary.Models;
using Granary.Serving;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>An engine that says a given text, one character a token and a token an output.</summary>
internal sealed class TextEngine(string text, FinishReason reason = FinishReason.Stop) : IEngine
{
    public ModelManifest Manifest => throw new NotSupportedException();

    public int ContextTokens => throw new NotSupportedException();

    public EngineStatus Status => throw new NotSupportedException();

    public Task ExportAsync(string requestId, Stream destination, CancellationToken ct = default) => throw new NotSupportedException();

    public IAsyncEnumerable<EngineOutput> ImportAsync(Stream source, CancellationToken ct = default) => throw new NotSupportedException();

    public async IAsyncEnumerable<EngineOutput> GenerateAsync(EngineRequest request, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await Task.Yield();
        var had = request.Output?.Length ?? 0;
        if (request.Output is not null)
        {
            yield return Output(0, had);
        }

        for (var i = had; i < text.Length; i++)
        {
            yield return Output(i, 1);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private EngineOutput Output(int first, int count)
    {
        var isLast = first + count == text.Length;
        return new EngineOutput
        {
            FirstIndex = first,
            Tokens = [.. text.AsSpan(first, count).ToArray().Select(character => (int)character)],
            Text = text.Substring(first, count),
            FinishReason = isLast ? reason : null,
            Usage = isLast ? new TokenUsage(1, 0, text.Length) : null,
        };
    }
}
