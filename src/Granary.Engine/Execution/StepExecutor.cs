using System.Runtime.InteropServices;
using Granary.Engine.Diagnostics;
using Granary.Engine.Sampling;
using Granary.Engine.Scheduling;
using Granary.Errors;
using Microsoft.Extensions.Logging;

namespace Granary.Engine.Execution;

/// <summary>Computes what a plan says. What goes wrong becomes <see cref="Sequence.Error"/> of those it concerns.</summary>
internal sealed partial class StepExecutor(string model, IModelRunner runner, EngineMetrics metrics, ILogger logger)
{
    private readonly Sampler _sampler = new(runner.VocabularySize);
    private readonly int[] _decodeTokens = new int[runner.Slots];
    private readonly int[] _decodePasts = new int[runner.Slots];

    /// <summary>Computes a chunk of a prompt, and chooses the token that follows the last one. A forward pass that throws fails the sequences that it was to compute, and nobody else.</summary>
    /// <exception cref="GranaryException"><c>unavailable</c>: a part of the model that lies elsewhere is lost, and the runner with it.</exception>
    public void Prefill(PrefillChunk chunk)
    {
        Sequence sequence = chunk.Sequence;
        try
        {
            metrics.PrefillStarts(sequence);
            if (sequence.Scores is { IsComplete: false } scores)
            {
                PrefillScored(sequence, chunk.Tokens, scores);
            }
            else
            {
                runner.Prefill(SlotOf(sequence), sequence.Uncomputed[..chunk.Tokens], sequence.ComputedTokens);
            }
        }
        catch (Exception e) when (!IsLost(e))
        {
            sequence.Error = e;
            LogForwardFailed(e, model, 1);
        }

        if (chunk.IsLast && sequence.MaxTokens > 0)
        {
            Sample(sequence);
        }
    }

    /// <summary>Computes and chooses the next token of everybody who decodes; what goes wrong as for <see cref="Prefill"/>.</summary>
    /// <exception cref="GranaryException">As for <see cref="Prefill"/>.</exception>
    public void Decode(StepPlan plan)
    {
        foreach (DecodeRun run in plan.DecodeRuns)
        {
            Span<Sequence> sequences = CollectionsMarshal.AsSpan(plan.Decodes).Slice(run.First, run.Count);
            try
            {
                Decode(run.FirstSlot, sequences);
            }
            catch (Exception e) when (!IsLost(e))
            {
                foreach (Sequence sequence in sequences)
                {
                    sequence.Error = e;
                }

                LogForwardFailed(e, model, run.Count);
            }
        }

        foreach (Sequence sequence in plan.Decodes)
        {
            Sample(sequence);
        }
    }

    /// <summary>Computes a chunk in passes that give the logits of every token, and scores the tokens behind them.</summary>
    private void PrefillScored(Sequence sequence, int tokens, PromptScores scores)
    {
        int slot = SlotOf(sequence);
        for (int done = 0, count; done < tokens && sequence.Error is null; done += count)
        {
            count = Math.Min(tokens - done, runner.MaxLogitRows);
            int past = sequence.ComputedTokens + done;
            runner.PrefillRows(slot, sequence.Uncomputed.Slice(done, count), past);
            for (int row = scores.Next - 1 - past; row < count && !scores.IsComplete; row++)
            {
                if (!scores.TryAdd(runner.RowLogits(slot, row), _sampler))
                {
                    FailByLogits(sequence, past + row + 1);
                    return;
                }
            }
        }
    }

    private void Decode(int firstSlot, ReadOnlySpan<Sequence> sequences)
    {
        for (int row = 0; row < sequences.Length; row++)
        {
            _decodeTokens[row] = sequences[row].Uncomputed[0];
            _decodePasts[row] = sequences[row].ComputedTokens;
        }

        runner.Decode(firstSlot, _decodeTokens.AsSpan(0, sequences.Length), _decodePasts.AsSpan(0, sequences.Length));
    }

    private void Sample(Sequence sequence)
    {
        if (sequence.Error is not null)
        {
            return;
        }

        try
        {
            if (TrySample(sequence, SlotOf(sequence), out int token))
            {
                sequence.Sampled = token;
                return;
            }
        }
        catch (GranaryException e)
        {
            sequence.Error = e; // its constraint goes on at a cost that no grammar may have
            return;
        }

        FailByLogits(sequence, sequence.Tokens.Length);
    }

    private void FailByLogits(Sequence sequence, int position)
    {
        sequence.Error = new GranaryException(
            ErrorCode.Internal, $"Model '{model}' computed logits that are not finite numbers. Try again; if it persists, import the model again.");
        LogBadLogits(model, sequence.RequestId, position);
    }

    /// <summary>Where the device has selected the best logits and they are all it takes, the row stays on it.</summary>
    private bool TrySample(Sequence sequence, int slot, out int token) =>
        sequence.Sampling.IsDecidedByBest(int.MaxValue)
        && runner.TryTopLogits(slot, out ReadOnlySpan<float> best, out ReadOnlySpan<int> tokens)
        && sequence.Sampling.IsDecidedByBest(tokens.Length)
            ? _sampler.TrySample(best, tokens, sequence.Sampling.Settings, sequence.Tokens.Length, out token)
            : _sampler.TrySample(runner.Logits(slot), sequence.Sampling, sequence.Tokens.Length, out token);

    private static bool IsLost(Exception e) => e is GranaryException { Code: ErrorCode.Unavailable };

    private static int SlotOf(Sequence sequence) =>
        sequence.Slot ?? throw new InvalidOperationException($"Sequence {sequence.RequestId} holds no slot.");

    [LoggerMessage(2001, LogLevel.Error, "A forward pass of model {Model} failed; {Sequences} sequences with it")]
    private partial void LogForwardFailed(Exception exception, string model, int sequences);

    [LoggerMessage(2002, LogLevel.Error, "Model {Model} computed logits that are not finite for request {RequestId} at position {Position}")]
    private partial void LogBadLogits(string model, string requestId, int position);
}
