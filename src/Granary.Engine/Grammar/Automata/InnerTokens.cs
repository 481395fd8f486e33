namespace Granary.Engine.Grammar.Automata;

/// <summary>The tokens of a state inside a rule, whoever called it.</summary>
/// <param name="mask">Tokens that stay inside the rule, or end where it ends.</param>
/// <param name="ends">Nodes of the trie at which the rule may end, with longer tokens below.</param>
internal sealed class InnerTokens(ulong[] mask, List<int> ends) : CachedTokens
{
    public ulong[] Mask => mask;

    public List<int> Ends => ends;

    public override long Bytes => (mask.Length * sizeof(ulong)) + (ends.Capacity * sizeof(int));
}
