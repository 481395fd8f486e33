namespace Granary.Benchmarks.Engine;

/// <summary>A forward pass over several sequences, without scheduler and sampler: what the bare graphs of both sides have in common.</summary>
internal interface IDecoder
{
    /// <summary>Forgets all sequences, and wakes the threads.</summary>
    void Begin();

    /// <summary>Lets the threads sleep at once, so that they take no time from whoever is measured next.</summary>
    void End();

    /// <summary>Computes the tokens of a prompt; the logits of the last one are <see cref="Logits"/> of row 0.</summary>
    /// <param name="sequence">The sequence, which is empty.</param>
    /// <param name="tokens">[S].</param>
    void Prefill(int sequence, ReadOnlySpan<int> tokens);

    /// <summary>Computes one token for each of the sequences 0..n−1; row i of the logits is sequence i's.</summary>
    /// <param name="tokens">[n].</param>
    /// <param name="positions">[n], tokens that each sequence has.</param>
    void Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> positions);

    /// <summary>A row of the logits of the last pass: [V].</summary>
    ReadOnlySpan<float> Logits(int row);
}
