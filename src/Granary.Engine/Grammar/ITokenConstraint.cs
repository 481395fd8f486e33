namespace Granary.Engine.Grammar;

/// <summary>One sequence's way through a grammar: which tokens may come next. Its state is a function of the grammar and the tokens accepted, so that replaying an output restores it.</summary>
internal interface ITokenConstraint
{
    /// <summary>One bit a token id, lowest bit first, set where the token may come next: [⌈V/64⌉]. End-of-sequence tokens are set where the output may end. Valid until the next <see cref="Accept"/>.</summary>
    /// <exception cref="Errors.GranaryException"><c>invalid_request</c>: they cost more to find than a grammar may.</exception>
    ReadOnlySpan<ulong> AllowedTokens { get; }

    /// <summary>Whether the output is complete and no text may follow, so that it ends without an end-of-sequence token.</summary>
    bool IsFinished { get; }

    /// <summary>Moves on by a token.</summary>
    /// <exception cref="InvalidOperationException">The token was not allowed.</exception>
    /// <exception cref="Errors.GranaryException"><c>invalid_request</c>: the model has no token to go on with, or going on costs more than a grammar may.</exception>
    void Accept(int token);

    /// <summary>Has another thread find <see cref="AllowedTokens"/> if that takes long, while this one computes the logits that they are for.</summary>
    void Prepare();
}
