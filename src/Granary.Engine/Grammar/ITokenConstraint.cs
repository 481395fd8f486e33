namespace Granary.Engine.Grammar;

/// <summary>One sequence's way through a grammar: which tokens may come next. Its state is a function of the grammar and the tokens accepted, so that replaying an output restores it.</summary>
internal interface ITokenConstraint
{
    /// <summary>One bit a token id, lowest bit first, set where the token may come next: [⌈V/64⌉]. End-of-sequence tokens are set where the output may end. Valid until the next <see cref="Accept"/>.</summary>
    ReadOnlySpan<ulong> AllowedTokens { get; }

    /// <summary>Moves on by a token.</summary>
    /// <exception cref="InvalidOperationException">The token was not allowed.</exception>
    void Accept(int token);
}
