using Granary.Engine.Execution;

namespace Granary.Benchmarks.Engine;

/// <summary>Granary's own forward pass, without its scheduler and sampler.</summary>
internal sealed class BareGraph(IModelRunner runner) : IDecoder, IDisposable
{
    private int _firstSlot;

    public void Begin()
    {
        // A slot's cache is overwritten from its first token.
    }

    public void End()
    {
        // ONNX Runtime's threads sleep when a run ends.
    }

    public void Prefill(int sequence, ReadOnlySpan<int> tokens)
    {
        _firstSlot = sequence;
        for (var past = 0; past < tokens.Length; past += runner.MaxChunkTokens)
        {
            runner.Prefill(sequence, tokens.Slice(past, Math.Min(runner.MaxChunkTokens, tokens.Length - past)), past);
        }
    }

    public void Decode(ReadOnlySpan<int> tokens, ReadOnlySpan<int> positions)
    {
        _firstSlot = 0;
        runner.Decode(0, tokens, positions);
    }

    public ReadOnlySpan<float> Logits(int row) => runner.Logits(_firstSlot + row);

    public void Dispose() => runner.Dispose();
}
