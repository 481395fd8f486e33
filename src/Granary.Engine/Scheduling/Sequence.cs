using System.Diagnostics.CodeAnalysis;
using System.Text;
using Granary.Engine.Grammar;
using Granary.Engine.Kv;
using Granary.Engine.Output;
using Granary.Engine.Sampling;
using Granary.Models;
using Granary.Serving;

namespace Granary.Engine.Scheduling;

/// <summary>
/// One generation inside the engine: its tokens, how many of them the slot's KV cache holds, and its output. Only the
/// engine's thread touches it after it was submitted.
/// </summary>
internal sealed class Sequence : ISlotHolder
{
    private readonly int[] _tokens;
    private int _count;

    /// <param name="requestId">For logs.</param>
    /// <param name="prompt">At least one token.</param>
    /// <param name="maxTokens">Most tokens of output; with none, it ends when its prompt is computed.</param>
    /// <param name="settings">How tokens are chosen.</param>
    /// <param name="text">Turns tokens into text.</param>
    /// <param name="stream">Where the output goes.</param>
    /// <param name="constraint">What the output must look like, if anything.</param>
    public Sequence(
        string requestId, ReadOnlySpan<int> prompt, int maxTokens, SamplingSettings settings, OutputText text, OutputStream stream, ITokenConstraint? constraint = null)
    {
        RequestId = requestId;
        MaxTokens = maxTokens;
        Sampling = new SamplingState(settings, prompt) { Constraint = constraint };
        Text = text;
        Stream = stream;
        PromptTokens = prompt.Length;
        _tokens = new int[prompt.Length + maxTokens];
        prompt.CopyTo(_tokens);
        _count = prompt.Length;
    }

    public string RequestId { get; }

    /// <summary>Whose it is.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>The tenant's share relative to other tenants'.</summary>
    public double TenantWeight { get; init; } = 1;

    /// <summary>Lower is more urgent, among the tenant's.</summary>
    public int Priority { get; init; }

    /// <summary>What the scheduler notes about it.</summary>
    public SchedulingRecord Scheduling { get; } = new();

    public SamplingState Sampling { get; }

    public OutputText Text { get; }

    public OutputStream Stream { get; }

    public SequenceTimes Times { get; } = new();

    public int PromptTokens { get; }

    public int MaxTokens { get; }

    /// <summary>What was asked for, with every gap filled, for whom it goes on with elsewhere.</summary>
    public EngineRequest? Request { get; init; }

    /// <summary>What it had when it came, and its end if that ends it; <see langword="null"/> for one that begins.</summary>
    public EngineOutput? Resumed { get; set; }

    /// <summary>Whether it ran before, here or elsewhere.</summary>
    public bool HasRun => Resumed is not null || OutputTokens > 0;

    /// <summary>The hashes of its blocks; without them nothing is reused or kept.</summary>
    public BlockChain? Chain { get; init; }

    /// <summary>Log-probabilities of the prompt's tokens, if the caller asked for them.</summary>
    public PromptScores? Scores { get; init; }

    /// <summary>Whether keys and values that were computed before are of use to it: they come without logits.</summary>
    [MemberNotNullWhen(true, nameof(Chain))]
    public bool CanReuse => Chain is not null && Scores is not { IsComplete: false };

    /// <summary>Prompt and output.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, _count);

    public int OutputTokens => _count - PromptTokens;

    /// <summary>Tokens of the output that it did not come with.</summary>
    public int NewTokens => OutputTokens - (Resumed?.Tokens.Length ?? 0);

    /// <summary>What it has taken so far.</summary>
    public TokenUsage Usage => new(PromptTokens, CachedTokens ?? 0, OutputTokens);

    /// <summary>Tokens whose keys and values the slot holds. A running sequence that decodes lacks one: its last token.</summary>
    public int ComputedTokens { get; private set; }

    /// <summary>Tokens still to be computed before the next one can be sampled.</summary>
    public ReadOnlySpan<int> Uncomputed => _tokens.AsSpan(ComputedTokens, _count - ComputedTokens);

    /// <summary>The tokens whose keys and values the slot holds, for whom keeps them when the sequence has left.</summary>
    public ReadOnlyMemory<int> ComputedMemory => _tokens.AsMemory(0, ComputedTokens);

    /// <summary>Tokens of the prompt that did not have to be computed; known when the first chunk is.</summary>
    public int? CachedTokens { get; set; }

    /// <summary>How often blocks were read from disk for it.</summary>
    public int KvLoads { get; set; }

    /// <summary>How often it has lost its keys and values, so that it looks for them again.</summary>
    public int Losses { get; private set; }

    /// <summary>Tokens whose keys and values came with it from another engine.</summary>
    public int ImportedTokens { get; init; }

    /// <summary>Where the KV is, while the sequence runs; <see langword="null"/> while it waits.</summary>
    public int? Slot { get; set; }

    public SequenceState State { get; set; }

    /// <summary>What went wrong in this step, if something did.</summary>
    public Exception? Error { get; set; }

    /// <summary>The token that this step sampled; meaningful between sampling and commit.</summary>
    public int Sampled { get; set; }

    /// <summary>Keys and values of the computed tokens, while the sequence is parked.</summary>
    public ParkedKv? Parked { get; set; }

    public void MarkComputed(int tokens) => ComputedTokens += tokens;

    /// <summary>Notes that the slot with its keys and values is lost; what is not found again is computed again.</summary>
    public void ForgetComputed()
    {
        ComputedTokens = 0;
        Losses++;
    }

    /// <summary>Takes the next token of the output in.</summary>
    /// <param name="token">The token.</param>
    /// <param name="text">Gets what became certain with it.</param>
    /// <returns>Why the output has ended with it, if it has.</returns>
    /// <exception cref="InvalidOperationException">The constraint does not allow it.</exception>
    public FinishReason? Take(int token, StringBuilder text)
    {
        _tokens[_count++] = token;
        Sampling.Accept(token);
        if (EndsOutput(token))
        {
            Text.Flush(text);
            return FinishReason.Stop;
        }

        if (Text.Append(token, text))
        {
            return FinishReason.Stop;
        }

        if (Sampling.Constraint is { IsFinished: true })
        {
            Text.Flush(text);
            return FinishReason.Stop;
        }

        return OutputTokens < MaxTokens ? null : Text.Flush(text) ? FinishReason.Stop : FinishReason.Length;
    }

    /// <summary>Whether a token of the output is one that ends it.</summary>
    public bool EndsOutput(int token) => Sampling.Settings.EndOfSequenceTokens.Contains(token);
}
