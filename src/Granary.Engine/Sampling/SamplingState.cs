using Granary.Engine.Grammar;

namespace Granary.Engine.Sampling;

/// <summary>
/// What the choice of a sequence's next token depends on, besides the logits. It is a function of settings, prompt and the tokens
/// accepted so far, so that replaying an output restores it.
/// </summary>
internal sealed class SamplingState
{
    private readonly TokenPenalties? _penalties;

    public SamplingState(SamplingSettings settings, ReadOnlySpan<int> prompt)
    {
        Settings = settings;
        _penalties = TokenPenalties.Create(settings, prompt);
        LogProbs = settings.TopLogProbs is { } top ? new LogProbRow(top) : null;
    }

    public SamplingSettings Settings { get; }

    /// <summary>What the output must look like, if anything.</summary>
    public ITokenConstraint? Constraint { get; init; }

    /// <summary>The log-probabilities of the token chosen last, if the caller asked for any.</summary>
    public LogProbRow? LogProbs { get; }

    /// <summary>Tokens accepted.</summary>
    public int OutputTokens { get; private set; }

    /// <summary>Whether the logits are changed before a token is chosen.</summary>
    private bool ChangesLogits =>
        _penalties is not null || Constraint is not null || Settings.LogitBias.Length > 0 || MasksEndOfSequence;

    private bool MasksEndOfSequence => OutputTokens < Settings.MinTokens && Settings.EndOfSequenceTokens.Length > 0;

    /// <summary>Whether the <paramref name="k"/> best tokens of a row say as much as the whole row. Log-probabilities need all of it: their sum is over the vocabulary.</summary>
    public bool IsDecidedByBest(int k) =>
        !ChangesLogits && LogProbs is null && (Settings.IsGreedy ? k >= 1 : Settings.TopK >= 1 && Settings.TopK <= k);

    /// <summary>Changes a row of logits [V] in place: bias, constraint, end-of-sequence tokens that come too early, penalties.</summary>
    public void Apply(Span<float> logits)
    {
        foreach ((int token, float bias) in Settings.LogitBias)
        {
            logits[token] += bias;
        }

        if (Constraint is { } constraint)
        {
            TokenMask.Apply(logits, constraint.AllowedTokens);
        }

        // Where a constraint leaves nothing but the end, it has the last word.
        if (MasksEndOfSequence && (Constraint is null || TokenMask.AllowsOtherThan(Constraint.AllowedTokens, Settings.EndOfSequenceTokens)))
        {
            foreach (int token in Settings.EndOfSequenceTokens)
            {
                logits[token] = float.NegativeInfinity;
            }
        }

        _penalties?.Apply(logits);
    }

    /// <summary>Counts a token of the output.</summary>
    /// <exception cref="InvalidOperationException">The constraint does not allow it.</exception>
    public void Accept(int token)
    {
        OutputTokens++;
        _penalties?.Add(token);
        Constraint?.Accept(token);
    }
}
