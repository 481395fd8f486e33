using System.Text;
using Granary.Engine.Diagnostics;
using Granary.Engine.Execution;
using Granary.Engine.Kv;
using Granary.Engine.Scheduling;
using Granary.Errors;
using Granary.Models;
using Granary.Serving;
using Microsoft.Extensions.Logging;

namespace Granary.Engine;

/// <summary>
/// The engine's thread: owns scheduler and runner, and every sequence from submission to its end. Others reach
/// it through <see cref="EngineCommands"/> alone.
/// </summary>
internal sealed partial class EngineLoop(
    ModelManifest model,
    IModelRunner runner,
    EngineCommands commands,
    EngineProgress progress,
    EngineMetrics metrics,
    EngineOptions options,
    BlockStore store,
    TimeProvider timeProvider,
    ILogger logger)
{
    private readonly Scheduler _scheduler = new(runner, options, timeProvider, store);
    private readonly StepExecutor _executor = new(model.Name, runner, metrics, logger);
    private readonly StringBuilder _text = new();

    /// <summary>Steps while there is work and sleeps while there is none, until the commands are closed.</summary>
    public void Run()
    {
        Exception? broken = null;
        try
        {
            while (Receive())
            {
                Step();
            }
        }
        catch (Exception e)
        {
            broken = e;
            LogBroken(e, model.Name);
        }
        finally
        {
            End(broken);
        }
    }

    private void Step()
    {
        StepPlan plan = _scheduler.Schedule();
        _executor.Forward(plan);
        _executor.Sample(plan);
        Commit(plan);
    }

    /// <summary>Takes commands in; sleeps while there is nothing to compute.</summary>
    /// <returns><see langword="false"/> when the engine is to end.</returns>
    private bool Receive()
    {
        bool open;
        do
        {
            TimeSpan rest = _scheduler.Tend();
            open = commands.Receive(_scheduler.IsIdle ? rest : TimeSpan.Zero, out List<EngineCommand> received);
            foreach (EngineCommand command in received)
            {
                Apply(command);
            }

            progress.SetRunning(_scheduler.Running, _scheduler.KvUsage);
        }
        while (open && _scheduler.IsIdle);
        return open;
    }

    private void Apply(EngineCommand command)
    {
        if (command.Kind is EngineCommandKind.Submit)
        {
            _scheduler.Add(command.Sequence);
        }
        else if (command.Sequence.State is not SequenceState.Finished)
        {
            Leave(command.Sequence);
            metrics.Finished(command.Sequence, FinishReason.Cancelled);
        }
    }

    /// <summary>Makes the step count: KV first, so that slots are where the next step expects them, then output.</summary>
    private void Commit(StepPlan plan)
    {
        int promptTokens = 0;
        int outputTokens = 0;
        _scheduler.Commit(plan);
        foreach (Sequence sequence in plan.Decodes)
        {
            outputTokens += Emit(sequence);
        }

        foreach (PrefillChunk chunk in plan.Prefills)
        {
            bool failed = chunk.Sequence.Error is not null;
            promptTokens += failed ? 0 : chunk.Tokens;
            outputTokens += failed || chunk.IsLast ? Emit(chunk.Sequence) : 0;
        }

        progress.StepFinished(promptTokens, outputTokens, failed: promptTokens + outputTokens == 0 && plan.Prefills.Count + plan.Decodes.Count > 0);
        metrics.StepFinished(promptTokens, outputTokens, plan.Preemptions);
    }

    /// <summary>Hands the sampled token out, or the error.</summary>
    /// <returns>Tokens handed out.</returns>
    private int Emit(Sequence sequence)
    {
        try
        {
            if (sequence.Error is not null)
            {
                Fail(sequence, sequence.Error);
                return 0;
            }

            FinishReason? reason = Append(sequence, sequence.Sampled);
            _scheduler.TokenGenerated(sequence);
            metrics.TokenGenerated(sequence);
            if (reason is null)
            {
                sequence.Stream.Write(sequence.Sampled, _text, sequence.Sampling.LogProbs);
            }
            else
            {
                Leave(sequence);
                metrics.Finished(sequence, reason.Value);
                var usage = new TokenUsage(sequence.PromptTokens, sequence.CachedTokens ?? 0, sequence.OutputTokens);
                sequence.Stream.Finish(sequence.Sampled, _text, reason.Value, usage, sequence.EndsOutput(sequence.Sampled) ? null : sequence.Sampling.LogProbs);
            }

            return 1;
        }
        catch (Exception e) when (sequence.State is not SequenceState.Finished)
        {
            LogOutputFailed(e, model.Name, sequence.RequestId);
            Fail(sequence, e);
            return 0;
        }
    }

    private FinishReason? Append(Sequence sequence, int token)
    {
        _text.Clear();
        sequence.Append(token);
        if (sequence.EndsOutput(token))
        {
            sequence.Text.Flush(_text);
            return FinishReason.Stop;
        }

        if (sequence.Text.Append(token, _text))
        {
            return FinishReason.Stop;
        }

        if (sequence.Sampling.Constraint is { IsFinished: true })
        {
            sequence.Text.Flush(_text);
            return FinishReason.Stop;
        }

        if (sequence.OutputTokens < sequence.MaxTokens)
        {
            return null;
        }

        return sequence.Text.Flush(_text) ? FinishReason.Stop : FinishReason.Length;
    }

    private void Leave(Sequence sequence)
    {
        _scheduler.Remove(sequence);
        progress.SetRunning(_scheduler.Running, _scheduler.KvUsage);
        progress.Leave();
    }

    private void Fail(Sequence sequence, Exception error)
    {
        Leave(sequence);
        metrics.Failed(sequence);
        sequence.Stream.Fail(error as GranaryException ?? new GranaryException(
            ErrorCode.Internal, $"Model '{model.Name}' failed to compute this request. Try again; the log has the details.", innerException: error));
    }

    private void End(Exception? broken)
    {
        progress.Ended();
        commands.Close();
        commands.Receive(TimeSpan.Zero, out List<EngineCommand> received);
        received.ForEach(Apply);
        foreach (Sequence sequence in _scheduler.RemoveAll(broken))
        {
            progress.Leave();
            metrics.Failed(sequence);
            sequence.Stream.Fail(broken is null
                ? new GranaryException(ErrorCode.Unavailable, $"Model '{model.Name}' is being unloaded here. Try again.")
                : new GranaryException(ErrorCode.Internal, $"The engine of model '{model.Name}' broke down. Try again.", innerException: broken));
        }

        progress.SetRunning(0, 0);
        try
        {
            if (broken is null && store.HasDisk)
            {
                _scheduler.Tiers.Kept.SpillAll(); // so that it survives the engine
            }
        }
        catch (Exception e)
        {
            LogDisposeFailed(e, model.Name);
        }

        try
        {
            store.Dispose();
            runner.Dispose();
        }
        catch (Exception e)
        {
            LogDisposeFailed(e, model.Name);
        }
    }
}
