using System.Runtime.CompilerServices;
using Granary.Engine;
using Granary.Models;
using Granary.Serving;

namespace Granary.Gateway.Tests.Running;

/// <summary>An engine that says what the last user's message of a ChatML prompt says, one token at a time: a test writes the reply it wants into its question.</summary>
internal sealed class EchoEngine(ModelManifest manifest, ITokenizer tokenizer) : IEngine
{
    private const string User = "<|im_start|>user\n";
    private const string End = "<|im_end|>";

    private EngineRequest? _last;
    private int _asked;

    public ModelManifest Manifest { get; } = manifest;

    public int ContextTokens => Manifest.MaxPositions;

    public EngineStatus Status { get; } = new() { Running = 0, Waiting = 0, Slots = 8, Steps = 0, PromptTokens = 0, OutputTokens = 0, IsStuck = false };

    /// <summary>Requests so far.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>What each token but the first waits for.</summary>
    public Task Rest { get; set; } = Task.CompletedTask;

    /// <summary>What was asked last, and its prompt as text.</summary>
    public (EngineRequest Request, string Prompt) Last => (_last!, tokenizer.Decode(_last!.Prompt.Span, skipSpecialTokens: false));

    /// <summary>The control tokens of the last prompt, in order.</summary>
    public IEnumerable<string> ControlTokensOfLastPrompt() => _last!.Prompt.ToArray()
        .Where(token => tokenizer.Decode([token], skipSpecialTokens: true).Length == 0)
        .Select(token => tokenizer.Decode([token], skipSpecialTokens: false))
        .Where(text => text.StartsWith("<|im_", StringComparison.Ordinal));

    public async IAsyncEnumerable<EngineOutput> GenerateAsync(EngineRequest request, [EnumeratorCancellation] CancellationToken ct = default)
    {
        _last = request;
        Interlocked.Increment(ref _asked);
        var prompt = tokenizer.Decode(request.Prompt.Span, skipSpecialTokens: false);
        var from = prompt.LastIndexOf(User, StringComparison.Ordinal) + User.Length;
        var reply = tokenizer.Encode(prompt[from..prompt.IndexOf(End, from, StringComparison.Ordinal)], parseSpecialTokens: false);
        var decoder = tokenizer.CreateStreamDecoder(skipSpecialTokens: !request.ShowsSpecialTokens);
        for (var i = 0; i < reply.Length; i++)
        {
            await Task.Yield();
            if (i > 0)
                await Rest.WaitAsync(ct);
            yield return new EngineOutput { FirstIndex = i, Tokens = [reply[i]], Text = decoder.Append(reply[i]) };
        }

        yield return new EngineOutput
        {
            FirstIndex = reply.Length,
            Tokens = [Manifest.EndOfSequenceTokens[0]],
            Text = decoder.Flush(),
            FinishReason = FinishReason.Stop,
            Usage = new TokenUsage(request.Prompt.Length, 7, reply.Length + 1),
        };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public Task ExportAsync(string requestId, Stream destination, CancellationToken ct = default) => throw new NotSupportedException();

    public IAsyncEnumerable<EngineOutput> ImportAsync(Stream source, CancellationToken ct = default) => throw new NotSupportedException();
}
