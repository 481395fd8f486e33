namespace Granary.Engine.Sampling;

/// <summary>The log-probabilities at one place of an output; used again for every token of a sequence.</summary>
internal sealed class LogProbRow(int top)
{
    /// <summary>As OpenAI's lower bound; also of what is impossible.</summary>
    public const float Least = -9999f;

    private readonly int[] _tokens = new int[top];
    private readonly float[] _logProbs = new float[top];

    /// <summary>Of the chosen token.</summary>
    public float Chosen { get; private set; }

    /// <summary>Entries of <see cref="Tokens"/> and <see cref="LogProbs"/> asked for.</summary>
    public int Top => top;

    /// <summary>The most likely tokens, best first.</summary>
    public ReadOnlySpan<int> Tokens => _tokens;

    /// <summary>Theirs, falling.</summary>
    public ReadOnlySpan<float> LogProbs => _logProbs;

    /// <summary>Takes the best tokens of a row over.</summary>
    /// <param name="best">Candidates, best first, as many as <see cref="Top"/>.</param>
    /// <param name="logSumExp">Logarithm of the sum of the row's exponentials.</param>
    public void SetTop(ReadOnlySpan<ulong> best, double logSumExp)
    {
        for (int i = 0; i < best.Length; i++)
        {
            _tokens[i] = CandidateSelector.IdOf(best[i]);
            _logProbs[i] = LogProb(CandidateSelector.LogitOf(best[i]), logSumExp);
        }
    }

    /// <summary>Notes the chosen token's logit.</summary>
    public void SetChosen(float logit, double logSumExp) => Chosen = LogProb(logit, logSumExp);

    private static float LogProb(float logit, double logSumExp) => Math.Clamp((float)(logit - logSumExp), Least, 0f);
}
