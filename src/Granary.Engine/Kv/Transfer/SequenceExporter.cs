using Granary.Engine.Scheduling;
using Granary.Errors;

namespace Granary.Engine.Kv.Transfer;

/// <summary>The caller's side of an export.</summary>
internal static class SequenceExporter
{
    /// <summary>Writes a generation to a stream. It ends here once all of it is written, and goes on here if that fails.</summary>
    /// <exception cref="GranaryException"><c>invalid_request</c>: it has ended; <c>unavailable</c>: the engine was disposed.</exception>
    public static async Task ExportAsync(Sequence sequence, int tokenBytes, EngineCommands commands, Stream destination, CancellationToken ct)
    {
        var job = new ExportJob(sequence);
        if (!commands.TrySend(new EngineCommand(EngineCommandKind.Export, Export: job)))
        {
            throw new GranaryException(ErrorCode.Unavailable, "The model is being unloaded here; its generations end.");
        }

        SequenceSnapshot snapshot = await job.Detached.Task;
        try
        {
            var writer = new SnapshotWriter(destination);
            await writer.WriteAsync(snapshot, ct);
            await foreach ((int tokens, byte[] kv) in job.Parts.Reader.ReadAllAsync(ct))
            {
                await writer.WritePartAsync(tokens, kv.AsMemory(0, tokens * tokenBytes), ct);
                job.Free.Enqueue(kv);
                commands.Wake();
            }

            await writer.WriteEndAsync(ct);
            job.HasArrived = true;
        }
        finally
        {
            commands.TrySend(new EngineCommand(EngineCommandKind.EndExport, Export: job));
        }
    }
}
