using Granary.Engine.Scheduling;
using Granary.Errors;

namespace Granary.Engine.Kv.Transfer;

/// <summary>The caller's side of an export.</summary>
internal static class SequenceExporter
{
    /// <summary>
    /// Writes a generation to a stream, chapter by chapter: it goes on here while most of it is written, and stands still for the last chapter alone. It ends here once all of
    /// it is written, and goes on here if that fails.
    /// </summary>
    /// <exception cref="GranaryException"><c>invalid_request</c>: it has ended; <c>unavailable</c>: the engine was disposed.</exception>
    public static async Task ExportAsync(Sequence sequence, int tokenBytes, EngineCommands commands, Stream destination, CancellationToken ct)
    {
        var job = new ExportJob(sequence);
        var writer = new SnapshotWriter(destination);
        try
        {
            bool isLast;
            do
            {
                isLast = await WriteChapterAsync(job, tokenBytes, commands, writer, ct);
            }
            while (!isLast);

            job.HasArrived = true;
        }
        finally
        {
            commands.TrySend(new EngineCommand(EngineCommandKind.EndExport, Export: job));
        }
    }

    /// <returns>Whether it was the last one.</returns>
    private static async Task<bool> WriteChapterAsync(ExportJob job, int tokenBytes, EngineCommands commands, SnapshotWriter writer, CancellationToken ct)
    {
        ExportChapter chapter = job.NextChapter();
        if (!commands.TrySend(new EngineCommand(EngineCommandKind.Export, Export: job)))
        {
            throw new GranaryException(ErrorCode.Unavailable, "The model is being unloaded here; its generations end.");
        }

        SequenceSnapshot snapshot = await chapter.Begun.Task;
        await writer.WriteAsync(snapshot, ct);
        await foreach ((int tokens, byte[] kv) in chapter.Parts.Reader.ReadAllAsync(ct))
        {
            await writer.WritePartAsync(tokens, kv.AsMemory(0, tokens * tokenBytes), ct);
            job.Free.Enqueue(kv);
            commands.Wake();
        }

        await writer.WriteEndAsync(ct);
        return snapshot.IsLast;
    }
}
