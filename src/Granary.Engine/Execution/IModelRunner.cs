namespace Granary.Engine.Execution;

/// <summary>
/// The forward pass of one model on one device over a KV cache of slots. The engine decides what runs in which slot;
/// the runner computes. Called from one thread alone.
/// </summary>
/// <remarks>
/// The seam to devices: the CPU runner is <see cref="OrtModelRunner"/>. A runner is free to keep its cache where it likes,
/// as long as slots can be addressed, copied, read, written and run as a contiguous batch within a class. A runner that throws
/// <see cref="Errors.ErrorCode.Unavailable"/> has lost a part of the model that lies elsewhere, and its engine ends.
/// </remarks>
internal interface IModelRunner : IDisposable
{
    /// <summary>The slots by length, shortest class first; together they are the slots 0..<see cref="Slots"/>−1.</summary>
    IReadOnlyList<SlotClass> Classes { get; }

    /// <summary>Number of slots of all classes.</summary>
    int Slots { get; }

    /// <summary>Tokens that a slot of the longest class holds.</summary>
    int SlotTokens { get; }

    /// <summary>Most tokens of one prefill chunk.</summary>
    int MaxChunkTokens { get; }

    /// <summary>Size of a row of logits.</summary>
    int VocabularySize { get; }

    /// <summary>Bytes of one token's keys and values in all layers.</summary>
    int TokenBytes { get; }

    /// <summary>Computes a chunk of one sequence's prompt; the logits of its last token become <see cref="Logits"/> of <paramref name="slot"/>.</summary>
    /// <param name="slot">The sequence's slot.</param>
    /// <param name="tokens">[S], S at least 1.</param>
    /// <param name="pastTokens">Tokens that the slot holds already.</param>
    void Prefill(int slot, ReadOnlySpan<int> tokens, int pastTokens);

    /// <summary>Most tokens of a chunk that <see cref="PrefillRows"/> can compute.</summary>
    int MaxLogitRows => 1;

    /// <summary>Computes a chunk as <see cref="Prefill"/> does; besides, the logits of each of its tokens are there to be read.</summary>
    /// <param name="slot">The sequence's slot.</param>
    /// <param name="tokens">[S], S from 1 to <see cref="MaxLogitRows"/>.</param>
    /// <param name="pastTokens">Tokens that the slot holds already.</param>
    void PrefillRows(int slot, ReadOnlySpan<int> tokens, int pastTokens) => Prefill(slot, tokens, pastTokens);

    /// <summary>Logits [V] of a token of the last <see cref="PrefillRows"/>; valid until the next forward pass.</summary>
    /// <param name="slot">Its slot.</param>
    /// <param name="row">The token's place in the chunk.</param>
    ReadOnlySpan<float> RowLogits(int slot, int row) => Logits(slot);

    /// <summary>Computes one token for each of the slots <paramref name="firstSlot"/>..<paramref name="firstSlot"/>+n−1, which are of one class.</summary>
    /// <param name="firstSlot">The first slot of a class.</param>
    /// <param name="tokens">[n].</param>
    /// <param name="pastTokens">[n], tokens that each slot holds already.</param>
    void Decode(int firstSlot, ReadOnlySpan<int> tokens, ReadOnlySpan<int> pastTokens);

    /// <summary>
    /// Logits [V] of the last token computed in a slot; valid, and writable, until the next forward pass of that slot. A device
    /// with memory of its own copies the row when it is asked for: ask <see cref="TryTopLogits"/> first where it is enough.
    /// </summary>
    Span<float> Logits(int slot);

    /// <summary>The best logits of the last token computed in a slot, best first, where the graph has selected them on the device.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="logits">[K], falling.</param>
    /// <param name="tokens">[K], their token ids.</param>
    /// <returns><see langword="false"/> where the runner has only whole rows.</returns>
    bool TryTopLogits(int slot, out ReadOnlySpan<float> logits, out ReadOnlySpan<int> tokens);

    /// <summary>Copies the first <paramref name="tokens"/> tokens of a slot over another, of any class that holds them; the source stays as it is.</summary>
    void CopySlot(int from, int to, int tokens);

    /// <summary>Copies keys and values of consecutive tokens out of a slot.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="firstToken">The first token.</param>
    /// <param name="destination">Whole tokens, n·<see cref="TokenBytes"/>, as [layer][key, value][head][token][head dim].</param>
    void ReadKv(int slot, int firstToken, Span<byte> destination);

    /// <summary>Copies keys and values of consecutive tokens into a slot.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="firstToken">The first token.</param>
    /// <param name="source">As <see cref="ReadKv"/> gives it.</param>
    void WriteKv(int slot, int firstToken, ReadOnlySpan<byte> source);
}
