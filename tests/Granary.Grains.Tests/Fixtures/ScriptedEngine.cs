using System.Runtime.CompilerServices;
using System.Collections.Immutable;
using System.Text;
using Granary.Engine;
using Granary.Models;
using Granary.Serving;

namespace Granary.Grains.Tests.Fixtures;

/// <summary>An engine whose steps a test decides: token i has the text <c>"wi "</c>. Log-probabilities of a prompt come with the first token, as with the real one; those of token i are −i.</summary>
internal sealed class ScriptedEngine(string model, string silo, Script script) : IEngine
{
    private static readonly ByteTokenizer Tokenizer = new();

    public ModelManifest Manifest { get; } = new()
    {
        Name = model,
        Architecture = "scripted",
        Fingerprint = "none",
        Weights = "fp32",
        ParameterCount = 0,
        LayerCount = 1,
        HiddenSize = 1,
        HeadCount = 1,
        KvHeadCount = 1,
        HeadDim = 1,
        VocabularySize = Tokenizer.VocabularySize,
        MaxPositions = 1024,
        EndOfSequenceTokens = ImmutableArray.Create(2),
        Defaults = new SamplingParameters(),
    };

    public int ContextTokens => Manifest.MaxPositions;

    public Task ExportAsync(string requestId, Stream destination, CancellationToken ct = default) => throw new NotSupportedException();

    public IAsyncEnumerable<EngineOutput> ImportAsync(Stream source, CancellationToken ct = default) => throw new NotSupportedException();

    public EngineStatus Status => new() { Running = 0, Waiting = 0, Slots = 8, Steps = 0, PromptTokens = 0, OutputTokens = 0, IsStuck = false, IsLate = script.IsLate };

    public async IAsyncEnumerable<EngineOutput> GenerateAsync(EngineRequest request, [EnumeratorCancellation] CancellationToken ct = default)
    {
        if (script.Refusing.TryGetValue(silo, out var refusal))
        {
            await Task.Delay(script.RefusesAfter, ct);
            throw refusal;
        }

        var generation = script.For(request.RequestId);
        generation.Prompt.TrySetResult(Tokenizer.Decode(request.Prompt.Span, skipSpecialTokens: false));
        generation.Resumed.Enqueue(request.Output?.Length);
        generation.TraceParents.Enqueue(request.TraceParent);
        generation.Priorities.Enqueue(request.Priority);
        request.Begun?.Invoke();
        var done = request.Output?.Length ?? 0;
        var length = Math.Min(generation.Length, request.Sampling.MaxTokens ?? generation.Length);
        var scores = request.ScoresPrompt && done == 0 ? Scores(request.Prompt.ToArray()) : null;
        try
        {
            if (request.Output is { } output)
            {
                yield return new EngineOutput { FirstIndex = 0, Tokens = output.ToArray(), Text = string.Concat(Enumerable.Range(0, done).Select(i => $"w{i} ")) };
            }

            for (; done < length; done++)
            {
                await (generation.Steps?.WaitAsync(ct) ?? Task.CompletedTask);
                if (generation.Failure is { } failure && failure.At == done)
                {
                    throw failure.Error;
                }

                yield return new EngineOutput { FirstIndex = done, Tokens = [done + 10], Text = $"w{done} ", PromptLogProbs = done == 0 ? scores : null };
            }

            if (length == 0)
            {
                await (generation.Steps?.WaitAsync(ct) ?? Task.CompletedTask);
            }

            yield return new EngineOutput
            {
                FirstIndex = done,
                Tokens = [],
                Text = "",
                FinishReason = length == 0 ? FinishReason.Length : FinishReason.Stop,
                PromptLogProbs = length == 0 ? scores : null,
                Usage = new TokenUsage(request.Prompt.Length, 0, done),
            };
        }
        finally
        {
            generation.Ended.TrySetResult(done);
        }
    }

    private static TokenLogProbs[] Scores(int[] prompt) => [.. prompt.Select((token, i) =>
    {
        var text = Tokenizer.Decode([token]);
        return new TokenLogProbs(new TokenLogProb(token, -i, text, Encoding.UTF8.GetBytes(text)), []);
    })];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
