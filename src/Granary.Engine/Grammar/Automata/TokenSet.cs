namespace Granary.Engine.Grammar.Automata;

/// <summary>The tokens that a state allows.</summary>
/// <param name="Mask">One bit a token id, lowest first; end-of-sequence tokens where the text may end.</param>
/// <param name="HasText">Whether a token of text is among them.</param>
internal sealed record TokenSet(ulong[] Mask, bool HasText);
