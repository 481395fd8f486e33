using Granary.Engine.Execution;
using Granary.Errors;
using Granary.Shards;

namespace Granary.Engine.Stages;

/// <summary>
/// One lane of a replica of several stages, at its head: the first layers here, the others behind a link, the logits here again. A step blocks until its hidden
/// states are back; meanwhile the other lanes' steps are in other stages.
/// </summary>
/// <param name="lane">The lane.</param>
/// <param name="layout">How the model is cut.</param>
/// <param name="first">From token ids to hidden states.</param>
/// <param name="last">From hidden states to logits.</param>
/// <param name="link">The way to the other stages.</param>
internal sealed class PipelineRunner(int lane, PipelineLayout layout, LayerRunner first, LayerRunner last, IStageLink link) : IModelRunner
{
    private readonly int _hiddenSize = first.Buffers.HiddenSize;
    private readonly int _layerTokenBytes = first.TokenBytes / layout.Stages[0].Count;
    private readonly List<SlotCopy> _copies = []; // that the other stages do not know of yet
    private long _number;
    private GranaryException? _lost;

    public IReadOnlyList<SlotClass> Classes => first.Classes;

    public int Slots => first.Slots;

    public int SlotTokens => first.SlotTokens;

    public int MaxChunkTokens => first.Buffers.MaxTokens;

    public int VocabularySize => last.Buffers.VocabularySize;

    public int TokenBytes => _layerTokenBytes * layout.Stages[^1].End;

    public void Prefill(int slot, ReadOnlySpan<int> tokens, int pastTokens)
    {
        first.Buffers.WriteTokens(tokens);
        first.RunChunk(slot, tokens.Length, pastTokens);
        Send(slot, tokens.Length, [pastTokens]);
        last.RunChunk(slot, 1, 0);
    }

    public void Decode(int firstSlot, ReadOnlySpan<int> tokens, ReadOnlySpan<int> pastTokens)
    {
        first.Buffers.WriteTokens(tokens);
        first.RunRows(firstSlot, pastTokens);
        Send(firstSlot, 1, pastTokens.ToArray());
        last.RunRows(firstSlot, pastTokens);
    }

    public Span<float> Logits(int slot) => last.Buffers.Logits(slot);

    public bool TryTopLogits(int slot, out ReadOnlySpan<float> logits, out ReadOnlySpan<int> tokens)
    {
        logits = [];
        tokens = [];
        return false;
    }

    public void CopySlot(int from, int to, int tokens)
    {
        first.CopySlot(from, to, tokens);
        _copies.Add(new SlotCopy(lane, from, to, tokens)); // goes along with the next step
    }

    public void ReadKv(int slot, int firstToken, Span<byte> destination)
    {
        SendCopies();
        int tokens = destination.Length / TokenBytes;
        for (int stage = 0; stage < layout.Stages.Length; stage++)
        {
            Span<byte> part = destination[..(tokens * _layerTokenBytes * layout.Stages[stage].Count)];
            destination = destination[part.Length..];
            if (stage == 0)
            {
                first.ReadKv(slot, firstToken, part);
            }
            else
            {
                int number = stage;
                Wait(() => link.ReadKvAsync(number, new KvRange(lane, slot, firstToken, tokens))).CopyTo(part);
            }
        }
    }

    public void WriteKv(int slot, int firstToken, ReadOnlySpan<byte> source)
    {
        SendCopies();
        int tokens = source.Length / TokenBytes;
        for (int stage = 0; stage < layout.Stages.Length; stage++)
        {
            ReadOnlySpan<byte> part = source[..(tokens * _layerTokenBytes * layout.Stages[stage].Count)];
            source = source[part.Length..];
            if (stage == 0)
            {
                first.WriteKv(slot, firstToken, part);
            }
            else
            {
                int number = stage;
                byte[] bytes = part.ToArray();
                Wait(() => Done(link.WriteKvAsync(number, new KvRange(lane, slot, firstToken, tokens), bytes)));
            }
        }
    }

    public void Dispose()
    {
        first.Dispose();
        last.Dispose();
    }

    private void Send(int firstSlot, int tokensPerRow, int[] pasts)
    {
        int tokens = pasts.Length * tokensPerRow;
        var step = new StageStep
        {
            Lane = lane,
            Number = ++_number,
            FirstSlot = firstSlot,
            TokensPerRow = tokensPerRow,
            Pasts = pasts,
            Copies = [.. _copies],
            Format = layout.Format,
            Hidden = HiddenCodec.Write(layout.Format, first.Buffers.HiddenOut(tokens), _hiddenSize),
        };
        _copies.Clear();
        StageResult result = Wait(() => link.RunAsync(step));
        HiddenCodec.Read(layout.Format, result.Hidden, last.Buffers.HiddenIn(pasts.Length), _hiddenSize);
    }

    private void SendCopies()
    {
        if (_copies.Count > 0)
        {
            SlotCopy[] copies = [.. _copies];
            _copies.Clear();
            Wait(() => Done(link.CopyAsync(copies)));
        }
    }

    /// <summary>Blocks the lane's own thread. What fails once is not asked again: the stages may no longer agree.</summary>
    private T Wait<T>(Func<Task<T>> call)
    {
        if (_lost is not null)
        {
            throw _lost;
        }

        try
        {
            return OwnThread.Wait(call());
        }
        catch (Exception e)
        {
            throw _lost = e as GranaryException is { Code: ErrorCode.Unavailable } unavailable
                ? unavailable
                : new GranaryException(ErrorCode.Unavailable, "A stage of this replica failed or went away. Try again.", innerException: e);
        }
    }

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }
}
