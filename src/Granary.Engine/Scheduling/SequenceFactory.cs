using System.Text;
using Granary.Engine.Grammar;
using Granary.Engine.Kv;
using Granary.Engine.Kv.Transfer;
using Granary.Engine.Output;
using Granary.Engine.Sampling;
using Granary.Errors;
using Granary.Models;

namespace Granary.Engine.Scheduling;

/// <summary>Makes sequences of requests, and of what another engine exported. On the caller's thread.</summary>
/// <param name="model">The model.</param>
/// <param name="tokenizer">Turns tokens into text.</param>
/// <param name="admission">Checks requests.</param>
/// <param name="blocks">How blocks are hashed; <see langword="null"/> where nothing is reused.</param>
internal sealed class SequenceFactory(ModelManifest model, ITokenizer tokenizer, RequestAdmission admission, KvFormat? blocks)
{
    // Replaying takes about a microsecond a token; above this it leaves the caller's thread.
    private const int InlineTokens = 1024;

    private readonly GrammarCompiler _grammars = new(tokenizer, model.VocabularySize, model.EndOfSequenceTokens);

    /// <summary>Makes a sequence that begins, or goes on from what the request has of it.</summary>
    /// <exception cref="GranaryException"><c>invalid_request</c> or <c>context_length_exceeded</c>.</exception>
    public ValueTask<Sequence> CreateAsync(EngineRequest request, CancellationToken ct) => CreateAsync(request, importedTokens: 0, ct);

    /// <summary>Makes a sequence that goes on from another engine's.</summary>
    /// <param name="snapshot">What it was.</param>
    /// <param name="importedTokens">Tokens whose keys and values came with it.</param>
    /// <param name="ct">Gives it up.</param>
    /// <exception cref="GranaryException"><c>invalid_request</c> or <c>context_length_exceeded</c>.</exception>
    public async ValueTask<Sequence> ResumeAsync(SequenceSnapshot snapshot, int importedTokens, CancellationToken ct)
    {
        Sequence sequence = await CreateAsync(snapshot.Request with { Output = snapshot.Output }, importedTokens, ct);
        sequence.CachedTokens = snapshot.CachedTokens;
        return sequence;
    }

    private async ValueTask<Sequence> CreateAsync(EngineRequest request, int importedTokens, CancellationToken ct)
    {
        SamplingSettings settings = SamplingResolver.ResolveFor(model, request.Sampling);
        int maxTokens = admission.Check(request);
        TokenConstraint? constraint = request.Sampling.Constraint is { } asked ? await _grammars.StartAsync(asked, request.CacheSalt, ct) : null;
        var text = new OutputText(tokenizer.CreateStreamDecoder(skipSpecialTokens: !request.ShowsSpecialTokens), settings.Stop, settings.MinTokens);
        PromptScores? scores = NewScores(request, settings);
        var stream = new OutputStream(settings.TopLogProbs is { } top ? new LogProbReader(tokenizer, top) : null, request.Output?.Length ?? 0) { Prompt = scores };
        var sequence = new Sequence(request.RequestId, request.Prompt.Span, maxTokens, settings, text, stream, constraint)
        {
            Tenant = request.Tenant,
            TenantWeight = request.TenantWeight,
            Priority = request.Priority,
            Request = request with { Output = null, Sampling = request.Sampling.WithDefaults(model.Defaults) with { Seed = settings.Seed, MaxTokens = maxTokens } },
            Chain = NewChain(request, maxTokens),
            Scores = scores,
            ImportedTokens = importedTokens,
        };
        if (request.Output is { } output)
        {
            sequence.Resumed = output.Length <= InlineTokens ? Replay(sequence, output) : await Task.Run(() => Replay(sequence, output), ct);
        }

        return sequence;
    }

    /// <summary>Takes tokens through all that has a state: sampler, penalties, constraint, text, stop strings.</summary>
    private static EngineOutput Replay(Sequence sequence, ReadOnlyMemory<int> output)
    {
        var text = new StringBuilder();
        FinishReason? end = null;
        foreach (int token in output.Span)
        {
            if (end is not null)
            {
                throw Refusal(sequence, $"it ends with token {sequence.OutputTokens - 1}, and there are {output.Length}");
            }

            try
            {
                end = sequence.Take(token, text);
            }
            catch (InvalidOperationException e)
            {
                throw Refusal(sequence, e.Message);
            }
        }

        sequence.Chain?.Of(sequence.Tokens); // here, so that the engine's thread finds it done
        sequence.State = end is null ? SequenceState.Waiting : SequenceState.Finished;
        return new EngineOutput { FirstIndex = 0, Tokens = output.ToArray(), Text = text.ToString(), FinishReason = end, Usage = end is null ? null : sequence.Usage };
    }

    private static GranaryException Refusal(Sequence sequence, string problem) =>
        new(ErrorCode.InvalidRequest, $"Generation '{sequence.RequestId}' cannot go on from the output that it is said to have: {problem}.", "output");

    // They go with the first token: whoever has that has them.
    private PromptScores? NewScores(EngineRequest request, SamplingSettings settings) =>
        request.ScoresPrompt && settings.TopLogProbs is { } top && request.Output is not { Length: > 0 }
            ? new PromptScores(new LogProbReader(tokenizer, top), request.Prompt, top)
            : null;

    private BlockChain? NewChain(EngineRequest request, int maxTokens)
    {
        if (blocks is null)
        {
            return null;
        }

        var chain = new BlockChain(BlockHash.Root(blocks, request.CacheSalt), blocks.BlockTokens, request.Prompt.Length + maxTokens);
        chain.Of(request.Prompt.Span); // here, so that the engine's thread finds it done
        return chain;
    }
}
