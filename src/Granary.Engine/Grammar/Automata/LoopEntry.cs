namespace Granary.Engine.Grammar.Automata;

/// <summary>A counted repetition and what comes behind it.</summary>
/// <param name="within">Tokens that stay inside; <see langword="null"/> where the number of repetitions is not a function of the token, so that each count is looked at by itself.</param>
/// <param name="exits">Tokens that leave.</param>
internal sealed class LoopEntry(LoopTokens? within, ExitTokens? exits) : CachedTokens
{
    public LoopTokens? Within => within;

    public ExitTokens? Exits => exits;

    public override long Bytes => exits?.Bytes ?? 0; // the other tokens are another entry
}
