namespace Granary.Engine.Execution;

/// <summary>
/// The forward pass of one model on one device over a KV cache of slots. The engine decides what runs in which slot;
/// the runner computes. Called from one thread alone.
/// </summary>
/// <remarks>
/// The seam to devices: the CPU runner is <see cref="OrtModelRunner"/>. A runner is free to keep its cache where it likes,
/// as long as slots can be addressed, moved and run as a contiguous batch.
/// </remarks>
internal interface IModelRunner : IDisposable
{
    /// <summary>Number of slots.</summary>
    int Slots { get; }

    /// <summary>Tokens a slot holds.</summary>
    int SlotTokens { get; }

    /// <summary>Most tokens of one prefill chunk.</summary>
    int MaxChunkTokens { get; }

    /// <summary>Size of a row of logits.</summary>
    int VocabularySize { get; }

    /// <summary>Computes a chunk of one sequence's prompt; the logits of its last token become <see cref="Logits"/> of <paramref name="slot"/>.</summary>
    /// <param name="slot">The sequence's slot.</param>
    /// <param name="tokens">[S], S at least 1.</param>
    /// <param name="pastTokens">Tokens that the slot holds already.</param>
    void Prefill(int slot, ReadOnlySpan<int> tokens, int pastTokens);

    /// <summary>Computes one token for each of the slots 0..n−1.</summary>
    /// <param name="tokens">[n].</param>
    /// <param name="pastTokens">[n], tokens that each slot holds already.</param>
    void Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> pastTokens);

    /// <summary>Logits [V] of the last token computed in a slot; valid, and writable, until the next forward pass of that slot.</summary>
    Span<float> Logits(int slot);

    /// <summary>Copies the first <paramref name="tokens"/> tokens of a slot over another.</summary>
    void MoveSlot(int from, int to, int tokens);
}
