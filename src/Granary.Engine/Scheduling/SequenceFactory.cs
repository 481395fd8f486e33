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
    private readonly GrammarCompiler _grammars = new(tokenizer, model.VocabularySize, model.EndOfSequenceTokens);

    /// <summary>Makes a sequence that begins.</summary>
    /// <exception cref="GranaryException"><c>invalid_request</c> or <c>context_length_exceeded</c>.</exception>
    public ValueTask<Sequence> CreateAsync(EngineRequest request, CancellationToken ct) => CreateAsync(request, outputTokens: 0, importedTokens: 0, ct);

    /// <summary>Makes a sequence that goes on: the output is replayed through all that has a state.</summary>
    /// <param name="snapshot">What it was.</param>
    /// <param name="importedTokens">Tokens whose keys and values came with it.</param>
    /// <param name="ct">Gives it up.</param>
    /// <exception cref="GranaryException"><c>invalid_request</c> or <c>context_length_exceeded</c>.</exception>
    public async ValueTask<Sequence> ResumeAsync(SequenceSnapshot snapshot, int importedTokens, CancellationToken ct)
    {
        Sequence sequence = await CreateAsync(snapshot.Request, snapshot.Output.Length, importedTokens, ct);
        sequence.CachedTokens = snapshot.CachedTokens;
        var shown = new StringBuilder(); // by the engine where it came from
        foreach (int token in snapshot.Output)
        {
            sequence.Append(token);
            sequence.Text.Append(token, shown);
        }

        return sequence;
    }

    private async ValueTask<Sequence> CreateAsync(EngineRequest request, int outputTokens, int importedTokens, CancellationToken ct)
    {
        SamplingSettings settings = SamplingResolver.ResolveFor(model, request.Sampling);
        int maxTokens = admission.Check(request);
        TokenConstraint? constraint = request.Sampling.Constraint is { } asked ? await _grammars.StartAsync(asked, ct) : null;
        var text = new OutputText(tokenizer.CreateStreamDecoder(skipSpecialTokens: !request.ShowsSpecialTokens), settings.Stop, settings.MinTokens);
        var stream = new OutputStream(settings.TopLogProbs is { } top ? new LogProbReader(tokenizer, top) : null, outputTokens);
        return new Sequence(request.RequestId, request.Prompt.Span, maxTokens, settings, text, stream, constraint)
        {
            Tenant = request.Tenant,
            TenantWeight = request.TenantWeight,
            Priority = request.Priority,
            Request = request with { Sampling = request.Sampling.WithDefaults(model.Defaults) with { Seed = settings.Seed, MaxTokens = maxTokens } },
            Chain = NewChain(request, maxTokens),
            ImportedTokens = importedTokens,
        };
    }

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
