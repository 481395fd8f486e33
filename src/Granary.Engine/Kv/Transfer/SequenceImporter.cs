using Granary.Engine.Scheduling;
using Granary.Errors;
using Granary.Models;

namespace Granary.Engine.Kv.Transfer;

/// <summary>The caller's side of an import: checks everything before the engine's thread sees it, a few blocks in memory at a time.</summary>
internal sealed class SequenceImporter(ModelManifest model, KvFormat format, EngineCommands commands, Stream source)
{
    // So many blocks can be on their way to the engine's thread, which takes them in between two steps.
    private const int Window = 8;

    private readonly SnapshotReader _reader = new(source);
    private int _done; // tokens whose keys and values came
    private readonly (byte[] Kv, Task Taken)[] _window = [.. Enumerable.Repeat((Array.Empty<byte>(), Task.CompletedTask), Window)];

    /// <summary>Reads what the generation is, at the beginning of each chapter.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of another model; the message says which.</exception>
    public async Task<SequenceSnapshot> ReadAsync(CancellationToken ct)
    {
        SequenceSnapshot snapshot = await _reader.ReadAsync(ct);
        if (snapshot.Fingerprint != model.Fingerprint)
        {
            throw new InvalidDataException("it is of another model");
        }

        int tokens = snapshot.Request.Prompt.Length + snapshot.Output.Length;
        bool fits = snapshot.Request.Sampling.MaxTokens is { } most
            && Math.Max(1, most) > snapshot.Output.Length
            && snapshot.ComputedTokens >= 0
            && snapshot.ComputedTokens < tokens
            && Array.TrueForAll(snapshot.Output, token => (uint)token < (uint)model.VocabularySize);
        return fits ? snapshot : throw new InvalidDataException("what it says does not fit together");
    }

    /// <summary>Whether the keys and values of a snapshot mean anything here; if not, they are computed again.</summary>
    public bool CanUse(SequenceSnapshot snapshot) => snapshot.KvIdentity == Convert.ToHexStringLower(format.Identity.Span);

    /// <summary>Reads the keys and values to the chapter's end, into host memory where they are of use.</summary>
    /// <exception cref="InvalidDataException">The stream is torn or damaged.</exception>
    /// <exception cref="GranaryException"><c>unavailable</c>: the engine was disposed.</exception>
    public async Task ReadKvAsync(SequenceSnapshot snapshot, Sequence sequence, CancellationToken ct)
    {
        bool isUsed = sequence.ImportedTokens > 0 && sequence.Chain is not null;
        while (true)
        {
            (int tokens, ReadOnlyMemory<byte> kv) = await _reader.ReadPartAsync(ct);
            if (tokens == 0)
            {
                break;
            }

            if (isUsed)
            {
                await SendAsync(Checked(snapshot, sequence, _done, tokens, kv));
            }

            _done += tokens;
        }

        if (snapshot.IsLast && _done != snapshot.ComputedTokens)
        {
            throw new InvalidDataException("keys and values are missing");
        }
    }

    private ImportedBlock Checked(SequenceSnapshot snapshot, Sequence sequence, int done, int tokens, ReadOnlyMemory<byte> kv)
    {
        if (tokens != Math.Min(format.BlockTokens, snapshot.ComputedTokens - done) || kv.Length != tokens * format.TokenBytes)
        {
            throw new InvalidDataException("a part has another size than it must have");
        }

        bool isWhole = tokens == format.BlockTokens;
        ReadOnlySpan<int> prefix = sequence.Tokens[..(done + tokens)];
        return new ImportedBlock(done / format.BlockTokens, isWhole ? sequence.Chain!.Of(prefix)[^1] : sequence.Chain!.OfTail(prefix), kv, isWhole);
    }

    private async Task SendAsync(ImportedBlock read)
    {
        int place = read.Index % Window;
        (byte[] buffer, Task taken) = _window[place];
        await taken;
        buffer = buffer.Length == format.BlockBytes ? buffer : new byte[format.BlockBytes];
        read.Kv.CopyTo(buffer);
        var block = new ImportedBlock(read.Index, read.Hash, buffer.AsMemory(0, read.Kv.Length), read.IsWhole);
        if (!commands.TrySend(new EngineCommand(EngineCommandKind.TakeBlock, Block: block)))
        {
            throw new GranaryException(ErrorCode.Unavailable, "The model is being unloaded here.");
        }

        _window[place] = (buffer, block.Taken.Task);
    }
}
