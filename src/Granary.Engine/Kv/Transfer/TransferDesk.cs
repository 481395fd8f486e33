using Granary.Engine.Execution;
using Granary.Engine.Scheduling;
using Granary.Errors;

namespace Granary.Engine.Kv.Transfer;

/// <summary>
/// The engine's side of exports and imports: takes generations out of the schedule, reads their keys and values a few
/// blocks a step, and takes them in again when they did not arrive elsewhere. Engine's thread only.
/// </summary>
internal sealed class TransferDesk(string fingerprint, IModelRunner runner, Scheduler scheduler)
{
    private readonly List<ExportJob> _exports = [];

    private BlockStore Store => scheduler.Tiers.Store;

    /// <summary>Stops a generation here and begins to read it.</summary>
    /// <returns><see langword="false"/> when it has ended before, or is on its way already.</returns>
    public bool Begin(ExportJob job)
    {
        Sequence sequence = job.Sequence;
        if (sequence.State is SequenceState.Finished or SequenceState.Exporting)
        {
            job.Detached.SetException(new GranaryException(ErrorCode.InvalidRequest, $"Generation '{sequence.RequestId}' has ended, or is being exported already."));
            return false;
        }

        KeptKv? kept = scheduler.Detach(sequence);
        _exports.Add(job);
        job.Begin(kept, Store.Format.BlockBytes);
        job.Detached.SetResult(new SequenceSnapshot
        {
            Fingerprint = fingerprint,
            KvIdentity = Convert.ToHexStringLower(Store.Format.Identity.Span),
            Request = sequence.Request!,
            Output = sequence.Tokens[sequence.PromptTokens..].ToArray(),
            CachedTokens = sequence.CachedTokens ?? 0,
            ComputedTokens = kept?.ComputedTokens ?? 0,
        });
        return true;
    }

    /// <summary>Ends an export.</summary>
    /// <returns>Whether the generation is now elsewhere; if not, it goes on here, unless its reader has left.</returns>
    public bool End(ExportJob job)
    {
        _exports.Remove(job);
        job.Kept?.IsPinned = false;
        if (job.Sequence.State is not SequenceState.Exporting)
        {
            return false;
        }

        if (job.HasArrived)
        {
            scheduler.Remove(job.Sequence);
            return true;
        }

        scheduler.Add(job.Sequence);
        return false;
    }

    /// <summary>Fills the buffers that are free. The exporter wakes the engine when it has freed one.</summary>
    public void Pump()
    {
        foreach (ExportJob job in _exports)
        {
            while (job.Kept is { } kept && job.ReadTokens < kept.ComputedTokens && job.Free.TryDequeue(out byte[]? buffer))
            {
                Read(job, kept, buffer);
            }
        }
    }

    /// <summary>Puts keys and values from another engine where the sequence will look for them. Where there is no room, they are computed again.</summary>
    public void Take(ImportedBlock block)
    {
        if (block.Index < Store.MaxBlocks && !Store.Has(block.Hash) && Store.TryReserve(block.Hash, out int place))
        {
            block.Kv.Span.CopyTo(Store.Data(place));
            Store.Commit(block.Hash, place, block.IsWhole);
        }

        block.Taken.SetResult();
    }

    /// <summary>Gives all exports up at the engine's end, and their generations with them.</summary>
    public void Abort(Exception reason)
    {
        foreach (ExportJob job in _exports)
        {
            job.Parts.Writer.TryComplete(reason);
            if (job.Sequence.State is SequenceState.Exporting)
            {
                scheduler.Remove(job.Sequence);
                job.Sequence.Stream.Fail(reason);
            }
        }

        _exports.Clear();
    }

    private void Read(ExportJob job, KeptKv kept, byte[] buffer)
    {
        int tokens = Math.Min(Store.Format.BlockTokens, kept.ComputedTokens - job.ReadTokens);
        try
        {
            runner.ReadKv(kept.Slot!.Value, job.ReadTokens, buffer.AsSpan(0, tokens * runner.TokenBytes));
        }
        catch (Exception e)
        {
            job.ReadTokens = kept.ComputedTokens;
            job.Parts.Writer.Complete(e);
            return;
        }

        job.ReadTokens += tokens;
        job.Parts.Writer.TryWrite((tokens, buffer));
        if (job.ReadTokens == kept.ComputedTokens)
        {
            job.Parts.Writer.Complete();
        }
    }
}
