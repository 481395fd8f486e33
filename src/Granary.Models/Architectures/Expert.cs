namespace Granary.Models.Architectures;

/// <summary>One expert: down(silu(gate(x)) · up(x)).</summary>
/// <param name="Gate">[intermediate, hidden].</param>
/// <param name="Up">[intermediate, hidden].</param>
/// <param name="Down">[hidden, intermediate].</param>
internal sealed record Expert(MatrixRef Gate, MatrixRef Up, MatrixRef Down)
{
    /// <summary>Expert <paramref name="item"/> of the stacked tensors of transformers 5: gate rows, then up rows.</summary>
    /// <param name="experts">The prefix of <c>gate_up_proj</c> and <c>down_proj</c>.</param>
    /// <param name="count">Number of experts.</param>
    /// <param name="item">Which one.</param>
    /// <param name="hidden">Hidden size.</param>
    /// <param name="intermediate">Width of an expert.</param>
    public static Expert Stacked(string experts, int count, int item, int hidden, int intermediate)
    {
        long[] gateUp = [count, 2 * intermediate, hidden];
        return new(
            MatrixRef.Slice($"{experts}.gate_up_proj", gateUp, item, 0, intermediate),
            MatrixRef.Slice($"{experts}.gate_up_proj", gateUp, item, intermediate, intermediate),
            MatrixRef.Slice($"{experts}.down_proj", [count, hidden, intermediate], item, 0, hidden));
    }
}
