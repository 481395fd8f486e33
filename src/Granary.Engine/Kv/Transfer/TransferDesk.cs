using Granary.Engine.Execution;
using Granary.Engine.Scheduling;
using Granary.Errors;

namespace Granary.Engine.Kv.Transfer;

/// <summary>
/// The engine's side of exports and imports: reads keys and values of generations a few blocks a step while they go on, takes them out of the schedule for the
/// rest, and takes them in again when they did not arrive elsewhere. Engine's thread only.
/// </summary>
/// <remarks>Keys and values of a token never change, so that what was sent stays right: pre-copy migration (Clark et al., NSDI 2005) without dirty pages, as Llumnix (OSDI 2024) has it.</remarks>
internal sealed class TransferDesk(string fingerprint, IModelRunner runner, Scheduler scheduler, EngineProgress progress)
{
    // A generation stands still for at most so many bytes, unless it is faster than the stream.
    private const long StandstillBytes = 1 << 20;
    private const int MostChapters = 8;

    private readonly List<ExportJob> _exports = [];

    private BlockStore Store => scheduler.Tiers.Store;

    /// <summary>Begins the next chapter of an export: keys and values that are there by now, or, when little is left, the last one, for which the generation stops here.</summary>
    public void Begin(ExportJob job)
    {
        Sequence sequence = job.Sequence;
        if (sequence.State is SequenceState.Finished or SequenceState.Exporting || _exports.Exists(other => other != job && other.Sequence == sequence))
        {
            job.Chapter.Fail(new GranaryException(ErrorCode.InvalidRequest, $"Generation '{sequence.RequestId}' has ended, or is being exported already."));
            return;
        }

        if (!_exports.Contains(job))
        {
            _exports.Add(job);
        }

        if (TokensAhead(job) is { } tokens)
        {
            job.Begin(SnapshotOf(sequence, tokens, isLast: false), Store.Format.BlockBytes);
            return;
        }

        job.Kept = scheduler.Detach(sequence);
        progress.Leave(sequence); // the engine does not owe it progress: the stream may be slow
        int computed = job.Kept?.ComputedTokens ?? job.Parked?.Tokens ?? 0;
        job.Begin(SnapshotOf(sequence, Math.Max(computed, job.ReadTokens), isLast: true), Store.Format.BlockBytes);
    }

    /// <summary>Ends an export.</summary>
    /// <returns>Whether the generation is now elsewhere; if not, it goes on here, unless its reader has left.</returns>
    public bool End(ExportJob job)
    {
        bool hasBegun = _exports.Remove(job);
        job.Kept?.IsPinned = false;
        if (!hasBegun || job.Sequence.State is not SequenceState.Exporting)
        {
            return false;
        }

        if (job.HasArrived)
        {
            scheduler.Remove(job.Sequence);
            return true;
        }

        progress.Return(job.Sequence);
        scheduler.Add(job.Sequence);
        return false;
    }

    /// <summary>Fills the buffers that are free. The exporter wakes the engine when it has freed one.</summary>
    public void Pump()
    {
        foreach (ExportJob job in _exports)
        {
            while (job.ReadTokens < job.Chapter.EndTokens && job.Free.TryDequeue(out byte[]? buffer))
            {
                Read(job, buffer);
            }
        }
    }

    /// <summary>Puts keys and values from another engine where the sequence will look for them. Where there is no room, they are computed again.</summary>
    public void Take(ImportedBlock block)
    {
        try
        {
            if (block.Index < Store.MaxBlocks && !Store.Has(block.Hash) && Store.TryReserve(block.Hash, out int place))
            {
                block.Kv.Span.CopyTo(Store.Data(place));
                Store.Commit(block.Hash, place, block.IsWhole);
            }
        }
        finally
        {
            block.Taken.SetResult(); // who sends them must not wait for ever
        }
    }

    /// <summary>Gives all exports up at the engine's end, and their generations with them.</summary>
    public void Abort(Exception reason)
    {
        foreach (ExportJob job in _exports)
        {
            job.Chapter.Fail(reason);
            if (job.Sequence.State is SequenceState.Exporting)
            {
                scheduler.Remove(job.Sequence);
                job.Sequence.Stream.Fail(reason);
            }
        }

        _exports.Clear();
    }

    /// <summary>Tokens up to which whole blocks are worth sending while the generation goes on; <see langword="null"/> when it is time to stop it.</summary>
    private int? TokensAhead(ExportJob job)
    {
        if (job.Sequence.State is not SequenceState.Decoding || job.Chapters == MostChapters)
        {
            return null;
        }

        int tokens = job.Sequence.ComputedTokens / Store.Format.BlockTokens * Store.Format.BlockTokens;
        return (tokens - job.ReadTokens) * (long)Store.Format.TokenBytes > StandstillBytes ? tokens : null;
    }

    private SequenceSnapshot SnapshotOf(Sequence sequence, int computedTokens, bool isLast) => new()
    {
        Fingerprint = fingerprint,
        KvIdentity = Convert.ToHexStringLower(Store.Format.Identity.Span),
        Request = sequence.Request!,
        Output = sequence.Tokens[sequence.PromptTokens..].ToArray(),
        CachedTokens = sequence.CachedTokens ?? 0,
        ComputedTokens = computedTokens,
        IsLast = isLast,
    };

    private void Read(ExportJob job, byte[] buffer)
    {
        ExportChapter chapter = job.Chapter;
        int tokens = Math.Min(Store.Format.BlockTokens, chapter.EndTokens - job.ReadTokens);
        if (job.Parked is { } parked)
        {
            scheduler.ParkedBlock(parked, job.ReadTokens)[..(tokens * runner.TokenBytes)].CopyTo(buffer);
            Send(job, tokens, buffer);
            return;
        }

        if (job.Slot is not { } slot)
        {
            // It was preempted, or has ended; the next chapter says what has become of it.
            job.Free.Enqueue(buffer);
            chapter.EndTokens = job.ReadTokens;
            chapter.Parts.Writer.Complete();
            return;
        }

        try
        {
            runner.ReadKv(slot, job.ReadTokens, buffer.AsSpan(0, tokens * runner.TokenBytes));
        }
        catch (Exception e)
        {
            chapter.EndTokens = job.ReadTokens;
            chapter.Parts.Writer.Complete(e);
            return;
        }

        Send(job, tokens, buffer);
    }

    private static void Send(ExportJob job, int tokens, byte[] buffer)
    {
        ExportChapter chapter = job.Chapter;
        job.ReadTokens += tokens;
        chapter.Parts.Writer.TryWrite((tokens, buffer));
        if (job.ReadTokens == chapter.EndTokens)
        {
            chapter.Parts.Writer.Complete();
        }
    }
}
