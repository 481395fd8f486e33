namespace Granary.Models.Architectures;

/// <summary>down(silu(gate(x)) · up(x)).</summary>
internal sealed record DenseFeedForward(Linear Gate, Linear Up, Linear Down) : FeedForward
{
    /// <summary>The names that all dense architectures share.</summary>
    public static DenseFeedForward Named(string layer, int hidden, int intermediate, bool bias = false) => new(
        Linear.Named($"{layer}.mlp.gate_proj", intermediate, hidden, bias),
        Linear.Named($"{layer}.mlp.up_proj", intermediate, hidden, bias),
        Linear.Named($"{layer}.mlp.down_proj", hidden, intermediate, bias));
}
