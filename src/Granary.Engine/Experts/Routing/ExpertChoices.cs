namespace Granary.Engine.Experts.Routing;

/// <summary>The experts that the tokens of one layer and step have chosen. Arrays are kept from step to step.</summary>
internal sealed class ExpertChoices
{
    /// <summary>Experts that a token takes, k.</summary>
    public int PerToken { get; private set; }

    /// <summary>T·k.</summary>
    public int Count { get; private set; }

    /// <summary>[T·k], the chosen experts, token after token. Valid up to <see cref="Count"/>.</summary>
    public int[] Experts { get; private set; } = [];

    /// <summary>[T·k], their weights. Valid up to <see cref="Count"/>.</summary>
    public float[] Weights { get; private set; } = [];

    /// <summary>[E], tokens of each expert.</summary>
    public int[] Tokens { get; private set; } = [];

    /// <summary>Chooses for all tokens.</summary>
    /// <param name="rule">The model's.</param>
    /// <param name="logits">[T, E].</param>
    /// <param name="experts">E.</param>
    /// <param name="perToken">k.</param>
    public void Choose(IRoutingRule rule, ReadOnlySpan<float> logits, int experts, int perToken)
    {
        int tokens = logits.Length / experts;
        PerToken = perToken;
        Count = tokens * perToken;
        if (Experts.Length < Count)
        {
            Experts = new int[Count];
            Weights = new float[Count];
        }

        if (Tokens.Length != experts)
        {
            Tokens = new int[experts];
        }

        Array.Clear(Tokens);
        for (int token = 0; token < tokens; token++)
        {
            Span<int> chosen = Experts.AsSpan(token * perToken, perToken);
            rule.Choose(logits.Slice(token * experts, experts), chosen, Weights.AsSpan(token * perToken, perToken));
            foreach (int expert in chosen)
            {
                Tokens[expert]++;
            }
        }
    }
}
