using System.Runtime.ExceptionServices;
using System.Text;
using Granary.Engine.Diagnostics;
using Granary.Engine.Execution;
using Granary.Engine.Kv;
using Granary.Engine.Kv.Transfer;
using Granary.Engine.Output;
using Granary.Engine.Scheduling;
using Granary.Errors;
using Granary.Models;
using Microsoft.Extensions.Logging;

namespace Granary.Engine;

/// <summary>
/// The engine's thread: owns scheduler and runner, and every sequence from submission to its end. Others reach
/// it through <see cref="EngineCommands"/> alone.
/// </summary>
internal sealed partial class EngineLoop(
    ModelManifest model,
    IModelRunner runner,
    Scheduler scheduler,
    BlockStore store,
    EngineCommands commands,
    EngineProgress progress,
    EngineMetrics metrics,
    ILogger logger)
{
    private readonly TransferDesk _transfers = new(model.Fingerprint, runner, scheduler, progress);
    private readonly StepExecutor _executor = new(model.Name, runner, metrics, logger);
    private readonly StringBuilder _text = new();
    private readonly ReaderWaker _waker = new();
    private readonly Queue<EngineCommand> _received = []; // and not yet applied

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
        StepPlan plan = scheduler.Schedule();
        int tokens = ComputePrompts(plan);
        if (IsCutShort(plan))
        {
            scheduler.Promote(plan);
        }
        else
        {
            tokens += ComputeDecodes(plan);
        }

        Finish(plan, tokens);
    }

    /// <summary>Computes chunks of prompts one by one: a first token goes out before others' next ones are computed, and whoever arrives is looked at before the next chunk.</summary>
    /// <returns>Tokens handed out.</returns>
    private int ComputePrompts(StepPlan plan)
    {
        int tokens = 0;
        for (int index = 0; index < plan.Prefills.Count; index++)
        {
            if (index > 0 && commands.HasPending)
            {
                scheduler.PutOff(plan, index);
                break;
            }

            PrefillChunk chunk = plan.Prefills[index];
            chunk.Sequence.Request?.Begun?.Invoke();
            _executor.Prefill(chunk);
            scheduler.Commit(chunk);
            tokens += chunk.Sequence.Error is not null || chunk.IsLast ? Emit(chunk.Sequence) : 0;
            _waker.Flush();
        }

        return tokens;
    }

    /// <summary>Whether somebody has arrived whose prompt can be computed before others' next tokens, without delaying these by more than one budget of prompts.</summary>
    private bool IsCutShort(StepPlan plan) => plan.Prefills.Count > 0 && scheduler.HasPromptBudget && commands.HasPending;

    /// <summary>Computes everybody's next token. Makes it count: KV first, so that slots are where the next step expects them, then output.</summary>
    /// <returns>Tokens handed out.</returns>
    private int ComputeDecodes(StepPlan plan)
    {
        int tokens = 0;
        _executor.Decode(plan);
        scheduler.Commit(plan);
        foreach (Sequence sequence in plan.Decodes)
        {
            tokens += Emit(sequence);
        }

        _waker.Flush();
        return tokens;
    }

    private void Finish(StepPlan plan, int outputTokens)
    {
        int promptTokens = 0;
        foreach (PrefillChunk chunk in plan.Prefills)
        {
            promptTokens += chunk.Sequence.Error is null ? chunk.Tokens : 0;
        }

        progress.StepFinished(promptTokens, outputTokens, failed: plan.Prefills.Count + plan.Decodes.Count > 0 ? promptTokens + outputTokens == 0 : null);
        metrics.StepFinished(promptTokens, outputTokens, plan.Preemptions);
    }

    /// <summary>Takes commands in; sleeps while there is nothing to compute.</summary>
    /// <returns><see langword="false"/> when the engine is to end.</returns>
    private bool Receive()
    {
        bool open;
        do
        {
            if (scheduler.Broken is { } broken)
            {
                ExceptionDispatchInfo.Throw(broken);
            }

            TimeSpan rest = scheduler.Tend();
            progress.SetKept(scheduler.Tiers.Kept.Count, store.HostBytes, store.DiskBytes);
            _waker.Flush();
            open = commands.Receive(scheduler.IsIdle ? rest : TimeSpan.Zero, out List<EngineCommand> received);
            foreach (EngineCommand command in received)
            {
                _received.Enqueue(command);
            }

            while (_received.TryDequeue(out EngineCommand next))
            {
                Apply(next);
            }

            _transfers.Pump();
            _waker.Flush();
            progress.SetRunning(scheduler.Running, scheduler.KvUsage);
        }
        while (open && (scheduler.IsIdle || scheduler.Broken is not null));
        return open;
    }

    /// <summary>Why a request is refused that finds no room, or has to make room.</summary>
    public static GranaryException QueueIsFull(ModelManifest model) => new(ErrorCode.Overloaded, $"The queue of model '{model.Name}' is full here. Try again later.");

    private void Apply(EngineCommand command)
    {
        switch (command)
        {
            case { Kind: EngineCommandKind.Submit, Sequence: { } sequence }:
                Add(sequence);
                break;
            case { Kind: EngineCommandKind.Displace, Sequence: { } sequence }:
                Add(sequence);
                RefuseOne();
                break;
            case { Kind: EngineCommandKind.Cancel, Sequence: { State: SequenceState.Exporting } sequence }:
                scheduler.Remove(sequence);
                metrics.Finished(sequence, FinishReason.Cancelled);
                break;
            case { Kind: EngineCommandKind.Cancel, Sequence: { State: not SequenceState.Finished } sequence }:
                Leave(sequence);
                metrics.Finished(sequence, FinishReason.Cancelled);
                break;
            case { Kind: EngineCommandKind.Export, Export: { } export }:
                _transfers.Begin(export);
                break;
            case { Kind: EngineCommandKind.EndExport, Export: { } export }:
                EndExport(export);
                break;
            case { Kind: EngineCommandKind.TakeBlock, Block: { } block }:
                _transfers.Take(block);
                break;
        }
    }

    private void Add(Sequence sequence)
    {
        sequence.Stream.Waker = _waker;
        scheduler.Add(sequence);
    }

    private void RefuseOne()
    {
        if (scheduler.Surplus() is { } surplus)
        {
            Fail(surplus, QueueIsFull(model));
        }
    }

    private void EndExport(ExportJob export)
    {
        Sequence sequence = export.Sequence;
        if (_transfers.End(export))
        {
            metrics.Finished(sequence, FinishReason.Moved);
            sequence.Stream.Finish(FinishReason.Moved, sequence.Usage);
        }
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

            if (sequence.MaxTokens == 0)
            {
                Leave(sequence);
                metrics.Finished(sequence, FinishReason.Length);
                sequence.Stream.Finish(FinishReason.Length, sequence.Usage);
                return 0;
            }

            _text.Clear();
            FinishReason? reason = sequence.Take(sequence.Sampled, _text);
            scheduler.TokenGenerated(sequence);
            metrics.TokenGenerated(sequence);
            if (reason is null)
            {
                sequence.Sampling.Constraint?.Prepare();
                sequence.Stream.Write(sequence.Sampled, _text, sequence.Sampling.LogProbs);
            }
            else
            {
                Leave(sequence);
                metrics.Finished(sequence, reason.Value);
                sequence.Stream.Finish(sequence.Sampled, _text, reason.Value, sequence.Usage, sequence.EndsOutput(sequence.Sampled) ? null : sequence.Sampling.LogProbs);
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

    private void Leave(Sequence sequence)
    {
        scheduler.Remove(sequence);
        progress.SetRunning(scheduler.Running, scheduler.KvUsage);
        progress.Leave(sequence);
    }

    private void Fail(Sequence sequence, Exception error)
    {
        Leave(sequence);
        metrics.Failed(sequence);
        sequence.Stream.Fail(error as GranaryException ?? new GranaryException(
            ErrorCode.Internal, $"Model '{model.Name}' failed to compute this request. Try again; the log has the details.", innerException: error));
    }

    /// <summary>Ends every stream and gives the device back. Nothing that goes wrong leaves it: this is the last of a thread of the process's own.</summary>
    private void End(Exception? broken)
    {
        progress.Ended();
        commands.Close();
        commands.Receive(TimeSpan.Zero, out List<EngineCommand> received);
        received.ForEach(_received.Enqueue);
        while (_received.TryDequeue(out EngineCommand command))
        {
            Try(() => Apply(command));
        }

        broken ??= scheduler.Broken;
        GranaryException reason = broken switch
        {
            null => new GranaryException(ErrorCode.Unavailable, $"Model '{model.Name}' is being unloaded here. Try again."),
            GranaryException { Code: ErrorCode.Unavailable } lost => lost, // a part of the model that lies elsewhere
            _ => new GranaryException(ErrorCode.Internal, $"The engine of model '{model.Name}' broke down. Try again.", innerException: broken),
        };
        Try(() => _transfers.Abort(reason));
        foreach (Sequence sequence in scheduler.RemoveAll(broken))
        {
            progress.Leave(sequence);
            metrics.Failed(sequence);
            sequence.Stream.Fail(reason);
        }

        Try(_waker.Flush);
        progress.SetRunning(0, 0);
        if (broken is null && scheduler.Broken is null && store.HasDisk)
        {
            Try(scheduler.Tiers.Kept.SpillAll); // so that it survives the engine
        }

        Try(store.Dispose);
        Try(runner.Dispose);
    }

    private void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            LogEndFailed(e, model.Name);
        }
    }
}
